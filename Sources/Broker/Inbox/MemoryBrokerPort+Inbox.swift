import Wire

/// Inboxes that live in this process.
extension MemoryBrokerPort: InboxBroker {
    public func notify(
        _ request: NotifyRequest, then: @escaping (Result<MessageID, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in
            let (id, signal) = state.userInboxes.notify(request, now: now)
            if let signal { state.signal(signal.payload, on: .signal("inbox", of: request.user)) }
            return id
        }
    }

    public func readInbox(
        _ request: InboxRequest, then: @escaping (Result<InboxPage, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in state.userInboxes.read(request, now: now) }
    }

    public func acknowledge(
        _ request: AcknowledgeRequest, then: @escaping (Result<InboxMark?, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in
            let (mark, signal) = state.userInboxes.acknowledge(request, now: now)
            if let signal { state.signal(signal.payload, on: .signal("inbox", of: request.user)) }
            return mark
        }
    }
}
