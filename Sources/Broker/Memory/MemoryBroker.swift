import Synchronization
import Wire

/// The embedded broker: channels inside one process. Shared by its workers, each of which has a port.
///
/// One lock orders all publishes, so every subscriber sees the same order. A payload is kept once, however many ports
/// it goes to. Thread-safe.
public final class MemoryBroker: Sendable {
    let state = Mutex(MemoryBrokerState())
    /// Bytes that may wait for one port; beyond, publishing is refused as `overloaded`, and above a quarter of it
    /// publishers are told to pause.
    let maximumInbox: Int
    /// Milliseconds since 1970, UTC.
    let clock: @Sendable () -> Int64

    /// - Parameter clock: milliseconds since 1970, UTC; for tests.
    public init(
        maximumInbox: Int = 64 * 1024 * 1024,
        clock: @escaping @Sendable () -> Int64 = { WallClock.milliseconds() }
    ) {
        self.maximumInbox = maximumInbox
        self.clock = clock
    }

    /// A worker's way in.
    /// - Parameter wake: called from any thread when the port has something to `drain`; must not call back.
    public func makePort(wake: @escaping @Sendable () -> Void) -> MemoryBrokerPort {
        MemoryBrokerPort(of: self, id: state.withLock { $0.addPort(wake: wake) }, wake: wake)
    }
}
