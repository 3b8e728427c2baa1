/// One connection's place in a count, given back with the last reference to it. Thread-safe.
public final class ConnectionClaim: Sendable {
    private let release: @Sendable () -> Void

    init(release: @escaping @Sendable () -> Void) { self.release = release }

    deinit { release() }
}
