import EventLoop

/// Remembers what a stream told it, and does in each call what the test asks for.
public final class StreamRecorder: ByteStreamDelegate {
    public private(set) var isOpen = false
    public private(set) var isClosed = false
    public private(set) var error: LoopError?
    public private(set) var received: [UInt8] = []
    public private(set) var drainedCount = 0
    public private(set) var callCount = 0

    public var onOpened: (ByteStream) -> Void = { _ in }
    public var onReceived: (ByteStream) -> Void = { _ in }
    public var onDrained: (ByteStream) -> Void = { _ in }
    public var onClosed: (ByteStream) -> Void = { _ in }

    public init() {}

    public var text: String { String(decoding: received, as: UTF8.self) }

    public func streamOpened(_ stream: ByteStream) {
        callCount += 1
        isOpen = true
        onOpened(stream)
    }

    public func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
        callCount += 1
        for index in bytes.indices { received.append(bytes[index]) }
        onReceived(stream)
    }

    public func streamDrained(_ stream: ByteStream) {
        callCount += 1
        drainedCount += 1
        onDrained(stream)
    }

    public func streamClosed(_ stream: ByteStream, error: LoopError?) {
        callCount += 1
        isClosed = true
        self.error = error
        onClosed(stream)
    }
}
