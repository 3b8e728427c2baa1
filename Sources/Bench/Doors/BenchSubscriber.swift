import Wire

/// One connection of a load generator that messages come by. Confined to its loop's thread.
protocol BenchSubscriber: AnyObject {
    /// The owner's number for it.
    var index: Int { get }
    var isOpen: Bool { get }

    func connect()

    /// Ends it at once.
    func close()

    /// Handles what came and is no message of the run: `frame` lies in `bytes`.
    func control(_ frame: ServerFrameHead, _ bytes: Span<UInt8>)
}
