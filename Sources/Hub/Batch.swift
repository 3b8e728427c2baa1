import Wire

/// Bytes that leave in one write, for one connection or for many: the frames of one turn.
///
/// Appended to during one turn, never changed after it; connections that cannot take them yet keep a reference.
public final class Batch {
    public internal(set) var bytes: [UInt8] = []

    public init() {}

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Gives back memory that it does not need: a backlog may keep it for long, and it may have come from the pool,
    /// where it had been far larger.
    func trim() {
        if bytes.capacity / 2 > max(bytes.count, 64) { bytes = [UInt8](copying: bytes.span) }
    }
}
