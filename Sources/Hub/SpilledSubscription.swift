import Wire

/// A subscription that is held because its connection reads too slowly, where the topic's policy is `spill`.
public struct SpilledSubscription {
    public let connection: ConnectionID
    public let topic: Topic
    public let view: UInt8
    /// What its messages were encoded as.
    public let format: WireFormat
    /// The position of the first message that was dropped; 0 where none of them had one.
    public let position: UInt64
}
