/// One thing to do when a turn is flushed.
public enum HubWrite {
    /// Write these bytes to the connection's socket, then report with `wrote`.
    case write(slot: UInt32, batch: Batch, range: Range<Int>)
    /// The connection's backlog is over its limit and was dropped: close it as too slow.
    case overflow(slot: UInt32)
}
