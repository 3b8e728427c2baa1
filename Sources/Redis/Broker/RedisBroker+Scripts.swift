import Broker
import Wire

/// Whatever is more than a plain `PUBLISH`: scripts, and what they answer.
extension RedisBroker {
    /// What the names of Roost's own keys about `name` begin with. The braces keep them on one node of a cluster.
    func keyTag(_ name: Span<UInt8>) -> [UInt8] {
        var tag = prefix
        tag.append("roost:{")
        tag.append(copying: name)
        tag.append("}:")
        return tag
    }

    /// The key in which Roost keeps something about `name`.
    func redisKey(_ name: ChannelName, _ suffix: String) -> [UInt8] {
        keyTag(name.bytes.span) + Array(suffix.utf8)
    }

    /// The channel in Redis of a channel or signal.
    func redisChannel(_ name: ChannelName) -> [UInt8] { prefix + name.bytes }

    /// Runs a script. `then` is called once, on the loop's thread, not inside this call.
    func call(
        _ script: RedisScript, keys: [[UInt8]], arguments: [[UInt8]],
        then: @escaping (Result<RespValue, BrokerFailure>) -> Void
    ) {
        command(
            ["EVALSHA".bytes, script.digest, String(keys.count).bytes] + keys + arguments,
            needsScripts: true, then: then)
    }

    /// Sends any command that has one reply.
    func command(
        _ words: [[UInt8]], needsScripts: Bool = false,
        then: @escaping (Result<RespValue, BrokerFailure>) -> Void
    ) {
        if let failure = refusal(needsScripts: needsScripts) {
            failedCalls.append { then(.failure(failure)) }
            return
        }
        lastCall += 1
        let token = lastCall | Self.callFlag
        calls[token] = then
        commands?.send(token: token) { RespWriter.append(words, to: &$0) }
    }

    func answered(call token: UInt64, _ reply: borrowing RespReply) {
        guard let then = calls.removeValue(forKey: token) else { return }
        if let error = reply.error {
            then(.failure(.refused(error)))
        } else {
            then(.success(reply.value))
        }
    }

    func giveFailures() {
        while !failedCalls.isEmpty {
            let given = failedCalls
            failedCalls = []
            for body in given { body() }
        }
    }

    func outcome(of reply: borrowing RespReply, isStored: Bool) -> PublishOutcome {
        if let error = reply.error { return .failed(.refused(error)) }
        guard isStored else { return .accepted }
        return reply.withBytes { MessageID($0) }.map { .stored($0) } ?? .accepted
    }

    public func signal(
        _ payload: [UInt8], on topic: Topic, then: @escaping (Result<Void, BrokerFailure>) -> Void
    ) {
        command(["PUBLISH".bytes, redisChannel(topic.name), payload]) { then($0.map { _ in }) }
    }
}

extension String {
    /// In UTF-8.
    var bytes: [UInt8] { Array(utf8) }
}
