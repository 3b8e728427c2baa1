import Foundation

/// Holds threads back until it is opened, once and for all.
public final class Gate: Sendable {
    private let condition = NSCondition()
    private nonisolated(unsafe) var isOpen = false

    public init() {}

    public func wait() {
        condition.withLock {
            while unsafe !isOpen { condition.wait() }
        }
    }

    public func open() {
        condition.withLock {
            unsafe isOpen = true
            condition.broadcast()
        }
    }
}
