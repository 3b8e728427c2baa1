import Wire

/// Who wants what.
extension Hub {
    public func subscriptionCount(_ slot: UInt32) -> Int { Int(outboxes[Int(slot)].subscriptionCount) }

    public func isSubscribed(_ slot: UInt32, to topic: Topic, view: UInt8 = 0) -> Bool {
        guard let index = topics.find(topic.kind, topic.name.bytes.span) else { return false }
        return subscription(of: slot, to: index, view) != nil
    }

    public func isSubscribed(_ slot: UInt32, toAnyViewOf topic: Topic) -> Bool {
        var isFound = false
        forEachTopic(of: slot) { if $0 == topic { isFound = true } }
        return isFound
    }

    /// Whether the broker has confirmed the topic's subscription; false for a topic nobody here wants.
    public func isLive(_ topic: Topic) -> Bool {
        topics.find(topic.kind, topic.name.bytes.span).map { topics[$0].isLive } ?? false
    }

    /// The index of a topic whose subscription the broker has confirmed. It holds until the topic is orphaned.
    public func liveTopic(_ kind: Topic.Kind, _ name: Span<UInt8>) -> UInt32? {
        guard let index = topics.find(kind, name), topics[index].isLive else { return nil }
        return index
    }

    /// The index of a topic that has a subscriber.
    public func topicIndex(_ topic: Topic) -> UInt32? { topics.find(topic.kind, topic.name.bytes.span) }

    /// Notes that the broker has confirmed a topic: its messages are delivered from now on. The topic, or `nil`
    /// where nobody here wants it any more.
    public mutating func confirm(_ kind: Topic.Kind, _ name: Span<UInt8>) -> Topic? {
        guard let index = topics.find(kind, name) else { return nil }
        topics[index].isLive = true
        return topics[index].topic
    }

    /// Notes that the broker is away: every topic must be confirmed again.
    public mutating func suspendAll() { topics.suspendAll() }

    /// Every topic that has a subscriber, and its index.
    public var allTopics: [(topic: Topic, index: UInt32)] { topics.all }

    /// Calls `body` with each topic that the connection is subscribed to.
    public func forEachTopic(of slot: UInt32, _ body: (Topic) -> Void) {
        var cursor = outboxes[Int(slot)].subscriptions
        while cursor != Subscription.none {
            body(topics[lists[Int(subscriptions[Int(cursor)].list)].topic].topic)
            cursor = subscriptions[Int(cursor)].next
        }
    }

    /// Calls `body` with the slot of each connection that is subscribed to a topic.
    public func forEachSubscriber(of topic: Topic, _ body: (UInt32) -> Void) {
        guard let index = topics.find(topic.kind, topic.name.bytes.span) else { return }
        var list = topics[index].lists
        while list != SubscriberList.none {
            for member in lists[Int(list)].members { body(member.connection) }
            list = lists[Int(list)].next
        }
    }

    /// Adds a subscription; messages handed in from now on reach it. True if it is the topic's first on this worker.
    /// A second subscription of the same connection to the same topic changes nothing, unless it is another `view`:
    /// each view gets the message.
    public mutating func subscribe(
        _ slot: UInt32, to topic: Topic, as format: WireFormat, view: UInt8 = 0
    ) -> Bool {
        let found = topics.find(topic.kind, topic.name.bytes.span)
        if let found, subscription(of: slot, to: found, view) != nil { return false }
        let index = found ?? topics.insert(topic)
        let list = list(of: index, format)
        if current == list { current = SubscriberList.none }
        let record = Subscription(
            connection: slot, list: list, index: UInt32(lists[Int(list)].members.count), view: view,
            since: sequence, next: outboxes[Int(slot)].subscriptions)
        let id = Self.allocate(record, in: &subscriptions, &freeSubscriptions)
        lists[Int(list)].members.append(.init(connection: slot, subscription: id))
        outboxes[Int(slot)].subscriptions = id
        outboxes[Int(slot)].subscriptionCount += 1
        return found == nil
    }

    /// Removes a subscription; what was handed in before is still sent. `nil` if there was none, else whether the
    /// topic has no subscriber left.
    public mutating func unsubscribe(_ slot: UInt32, from topic: Topic, view: UInt8 = 0) -> Bool? {
        guard let index = topics.find(topic.kind, topic.name.bytes.span),
            let id = subscription(of: slot, to: index, view)
        else { return nil }
        var previous = Subscription.none
        var cursor = outboxes[Int(slot)].subscriptions
        while cursor != id {
            previous = cursor
            cursor = subscriptions[Int(cursor)].next
        }
        let next = subscriptions[Int(id)].next
        if previous == Subscription.none {
            outboxes[Int(slot)].subscriptions = next
        } else {
            subscriptions[Int(previous)].next = next
        }
        outboxes[Int(slot)].subscriptionCount -= 1
        return leave(id)
    }

    /// Lets a subscription that was `held` have messages from now on. Nothing happens to one that was not.
    public mutating func release(
        _ slot: UInt32, from topic: Topic, as format: WireFormat, view: UInt8 = 0
    ) {
        guard let index = topics.find(topic.kind, topic.name.bytes.span),
            let id = subscription(of: slot, to: index, view),
            lists[Int(subscriptions[Int(id)].list)].format == .held
        else { return }
        move(id, of: index, to: format)
    }

    /// Gives a subscription another format: the next message is encoded by that.
    public mutating func reformat(
        _ slot: UInt32, _ topic: Topic, as format: WireFormat, view: UInt8 = 0
    ) {
        guard let index = topics.find(topic.kind, topic.name.bytes.span),
            let id = subscription(of: slot, to: index, view)
        else { return }
        move(id, of: index, to: format)
    }

    mutating func move(_ id: UInt32, of topic: UInt32, to format: WireFormat) {
        // The new list first: the topic must not be without one.
        let list = list(of: topic, format)
        guard list != subscriptions[Int(id)].list else { return }
        _ = removeMember(id)
        if current == list { current = SubscriberList.none }
        subscriptions[Int(id)].list = list
        subscriptions[Int(id)].since = sequence
        subscriptions[Int(id)].index = UInt32(lists[Int(list)].members.count)
        lists[Int(list)].members.append(
            .init(connection: subscriptions[Int(id)].connection, subscription: id))
    }

    public mutating func unsubscribeAll(_ slot: UInt32, orphaned: (Topic) -> Void) {
        var cursor = outboxes[Int(slot)].subscriptions
        outboxes[Int(slot)].subscriptions = Subscription.none
        outboxes[Int(slot)].subscriptionCount = 0
        while cursor != Subscription.none {
            let next = subscriptions[Int(cursor)].next
            let topic = topics[lists[Int(subscriptions[Int(cursor)].list)].topic].topic
            if leave(cursor) { orphaned(topic) }
            cursor = next
        }
    }

    func subscription(of slot: UInt32, to topic: UInt32, _ view: UInt8) -> UInt32? {
        var cursor = outboxes[Int(slot)].subscriptions
        while cursor != Subscription.none {
            let subscription = subscriptions[Int(cursor)]
            if subscription.view == view, lists[Int(subscription.list)].topic == topic { return cursor }
            cursor = subscriptions[Int(cursor)].next
        }
        return nil
    }

    func existingList(of topic: UInt32, _ format: WireFormat) -> UInt32? {
        var list = topics[topic].lists
        while list != SubscriberList.none {
            if lists[Int(list)].format == format { return list }
            list = lists[Int(list)].next
        }
        return nil
    }

    mutating func list(of topic: UInt32, _ format: WireFormat) -> UInt32 {
        if let existing = existingList(of: topic, format) { return existing }
        listSerial += 1
        let new = SubscriberList(
            topic: topic, format: format, next: topics[topic].lists, serial: listSerial,
            slow: Self.slowPolicy(topics[topic].slow, for: format))
        let list = Self.allocate(new, in: &lists, &freeLists)
        topics[topic].lists = list
        return list
    }

    /// Takes a list, which has become empty, from its topic.
    private mutating func drop(_ list: UInt32) {
        let topic = lists[Int(list)].topic
        let next = lists[Int(list)].next
        if topics[topic].lists == list {
            topics[topic].lists = next
        } else {
            var previous = topics[topic].lists
            while lists[Int(previous)].next != list { previous = lists[Int(previous)].next }
            lists[Int(previous)].next = next
        }
        freeLists.append(list)
    }

    /// Takes a subscription out of its list; true if the topic has no subscriber left and is gone.
    mutating func leave(_ id: UInt32) -> Bool {
        defer { freeSubscriptions.append(id) }
        guard let topic = removeMember(id) else { return false }
        guard topics[topic].lists == SubscriberList.none else { return false }
        topics.remove(topic)
        return true
    }

    /// Takes a subscription out of its list. The topic, if its list is gone with it.
    private mutating func removeMember(_ id: UInt32) -> UInt32? {
        let subscription = subscriptions[Int(id)]
        let list = Int(subscription.list)
        closeEntry(of: subscription.connection, on: lists[list].batch)
        let last = lists[list].members.count - 1
        let moved = lists[list].members[last]
        lists[list].members[Int(subscription.index)] = moved
        subscriptions[Int(moved.subscription)].index = subscription.index
        lists[list].members.removeLast()
        guard lists[list].members.isEmpty else { return nil }

        let topic = lists[list].topic
        if current == subscription.list { current = SubscriberList.none }
        drop(subscription.list)
        return topic
    }

    static func allocate<T>(_ value: T, in slab: inout [T], _ free: inout [UInt32]) -> UInt32 {
        if let index = free.popLast() {
            slab[Int(index)] = value
            return index
        }
        slab.append(value)
        return UInt32(slab.count - 1)
    }
}
