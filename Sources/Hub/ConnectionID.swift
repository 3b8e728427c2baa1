/// Names one connection of one worker for as long as the worker lives: a slot, and which of its tenants.
public struct ConnectionID: Hashable, Sendable {
    public let slot: UInt32
    public let generation: UInt32

    public init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    /// Both halves in one word, for a receipt.
    public var packed: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

    public init(packed: UInt64) {
        slot = UInt32(truncatingIfNeeded: packed)
        generation = UInt32(truncatingIfNeeded: packed >> 32)
    }
}
