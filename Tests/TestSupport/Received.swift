import Synchronization

/// Bytes that another thread gathers for the test.
public final class Received: Sendable {
    private let state = Mutex<[UInt8]>([])

    public init() {}

    public var bytes: [UInt8] { state.withLock { $0 } }
    public var count: Int { state.withLock { $0.count } }

    public func append(_ more: [UInt8]) { state.withLock { $0 += more } }
}
