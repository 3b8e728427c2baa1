import Wire

/// One page of a channel's history.
public struct HistoryAnswer: Equatable, Sendable {
    /// Where the array of messages lies in the frame.
    let messages: Range<Int>
    /// Nothing is missing between what was asked for and `newest`.
    let isComplete: Bool
    /// The channel's newest message.
    let newest: MessageID?
    let ref: Int64?
}
