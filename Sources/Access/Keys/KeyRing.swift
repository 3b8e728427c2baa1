import Synchronization

/// The keys that hold now, for all workers. Thread-safe.
public final class KeyRing: Sendable {
    public struct Keys: Sendable {
        public let keys: [TokenKey]
        /// Another one whenever the keys have changed.
        public let generation: UInt64
    }

    private let state: Mutex<Keys>

    public init(_ keys: [TokenKey]) { state = Mutex(Keys(keys: keys, generation: 0)) }

    public var current: Keys { state.withLock { $0 } }

    /// Takes these keys instead of all others, for tokens that come from now on.
    public func replace(_ keys: [TokenKey]) {
        state.withLock { $0 = Keys(keys: keys, generation: $0.generation + 1) }
    }
}
