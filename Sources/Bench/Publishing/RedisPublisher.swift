import EventLoop

/// Publishes straight to Redis, as another node or a back end would: pipelined, one write per `flush`.
final class RedisPublisher: Publisher {
    private let address: RedisAddress
    private let stream: ByteStream
    private unowned let owner: any PublisherOwner
    private var template: MessageTemplate
    private var replies = RedisReplies()
    private var commands = 0
    private var outgoing: [UInt8] = []

    init(_ address: RedisAddress, on loop: EventLoop, _ template: MessageTemplate, owner: any PublisherOwner)
    {
        self.address = address
        self.template = template.inPublishCommand()
        self.owner = owner
        stream = ByteStream(on: loop)
    }

    var unanswered: Int { commands - replies.count }

    func connect() {
        stream.delegate = self
        stream.connect(to: address.endpoint)
    }

    func publish(_ stamp: Stamp) {
        template.set(stamp)
        outgoing += template.bytes
        commands += 1
    }

    func flush() {
        guard !outgoing.isEmpty else { return }
        stream.write(outgoing)
        outgoing.removeAll(keepingCapacity: true)
    }

    func close() { stream.close() }

    private func authenticate(_ password: String) {
        let words = ["AUTH"] + (address.user.map { [$0] } ?? []) + [password]
        outgoing += Array("*\(words.count)\r\n".utf8)
        for word in words { outgoing += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        commands += 1
        flush()
    }
}

extension RedisPublisher: ByteStreamDelegate {
    func streamOpened(_ stream: ByteStream) {
        if let password = address.password { authenticate(password) }
        owner.publisherOpened()
    }

    func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
        replies.take(bytes)
        if let error = replies.error { owner.publisherFailed("Redis answered: \(error)") }
    }

    func streamDrained(_ stream: ByteStream) {}

    func streamClosed(_ stream: ByteStream, error: LoopError?) {
        owner.publisherFailed(error?.description ?? "Redis closed the connection")
    }
}
