import Wire

/// Presence in this process.
extension MemoryBrokerPort: PresenceBroker {
    public func updatePresence(
        _ update: PresenceUpdate, then: @escaping (Result<Bool, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in
            state.presence(update.channel) { $0.update(update, now: now) }
        }
    }

    public func readPresence(
        of channel: ChannelName, then: @escaping (Result<PresenceList, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in
            state.presence(channel) { $0.read(now: now) }
        }
    }
}

extension MemoryBrokerState {
    /// Does something with a channel's presence, and signals what it comes to.
    fileprivate mutating func presence<Answer>(
        _ channel: ChannelName, _ body: (inout MemoryPresence) -> (Answer, [PresenceSignal])
    ) -> Answer {
        // Taken out, so that it is held once and changed without a copy.
        var presence = presences.removeValue(forKey: channel) ?? MemoryPresence()
        let (answer, signals) = body(&presence)
        if !presence.isEmpty { presences[channel] = presence }
        for signal in signals { self.signal(signal.payload, on: .signal("presence", of: channel)) }
        return answer
    }
}
