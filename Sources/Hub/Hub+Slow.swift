import Wire

/// What topics do for subscribers that read too slowly, before the connection overflows.
extension Hub {
    /// Sets what becomes of a topic's messages that wait for too long, from now on. The topic has a subscriber.
    public mutating func setSlowPolicy(_ policy: SlowPolicy, of topic: UInt32) {
        guard topics[topic].slow != policy else { return }
        topics[topic].slow = policy
        var list = topics[topic].lists
        while list != SubscriberList.none {
            lists[Int(list)].slow = Self.slowPolicy(policy, for: lists[Int(list)].format)
            list = lists[Int(list)].next
        }
    }

    /// The next subscription that is held because its connection reads too slowly: it has been sent, or will be, all
    /// before `position`, and gets nothing more until it is released.
    public mutating func nextSpilled() -> SpilledSubscription? { spilled.popLast() }

    static func slowPolicy(_ policy: SlowPolicy, for format: WireFormat) -> SlowPolicy? {
        policy == .close || !format.obeys(policy) ? nil : policy
    }

    /// Drops what may be dropped of a backlog.
    mutating func relieve(_ slot: UInt32) {
        guard var backlog = backlogs.removeValue(forKey: slot) else { return }
        var owners: [UInt64: UInt32] = [:]
        var cursor = outboxes[Int(slot)].subscriptions
        while cursor != Subscription.none {
            owners[lists[Int(subscriptions[Int(cursor)].list)].serial] = cursor
            cursor = subscriptions[Int(cursor)].next
        }
        let spilled = backlog.relieve { tag in
            guard let id = owners[tag.serial] else { return false }
            let subscription = subscriptions[Int(id)]
            // The policy may have changed, and what came before the subscription is not its own.
            return lists[Int(subscription.list)].slow == .spill && tag.sequence > subscription.since
        }
        for (serial, position) in spilled {
            guard let id = owners[serial] else { continue }
            let list = lists[Int(subscriptions[Int(id)].list)]
            self.spilled.append(
                SpilledSubscription(
                    connection: self.id(of: slot), topic: topics[list.topic].topic,
                    view: subscriptions[Int(id)].view, format: list.format, position: position))
            move(id, of: list.topic, to: .held)
        }
        backlogs[slot] = backlog
    }
}
