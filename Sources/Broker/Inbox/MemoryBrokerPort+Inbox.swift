import Wire

/// Inboxes that live in this process.
extension MemoryBrokerPort: InboxBroker {
    public func notify(
        _ request: NotifyRequest, then: @escaping (Result<MessageID, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in
            let (id, signal) = state.inboxes.notify(request, now: now)
            if let signal { state.signal(signal.payload, on: .signal("inbox", of: request.user)) }
            return id
        }
    }

    public func readInbox(
        _ request: InboxRequest, then: @escaping (Result<InboxPage, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in state.inboxes.read(request, now: now) }
    }

    public func acknowledge(
        _ request: AcknowledgeRequest, then: @escaping (Result<InboxMark?, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in
            let (mark, signal) = state.inboxes.acknowledge(request, now: now)
            if let signal { state.signal(signal.payload, on: .signal("inbox", of: request.user)) }
            return mark
        }
    }
}
