extension Duration {
    /// In whole milliseconds, rounded down, as loop timers count; 0 for a negative duration.
    public var milliseconds: UInt64 {
        let (seconds, attoseconds) = components
        return seconds < 0 ? 0 : UInt64(seconds) * 1000 + UInt64(max(attoseconds, 0) / 1_000_000_000_000_000)
    }
}
