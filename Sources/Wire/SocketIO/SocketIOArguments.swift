/// What an event or an acknowledgement carries: where each argument lies in the packet's text, and the attachments.
///
/// Nothing is copied: the text comes along with it, as a span that is valid during the call.
public struct SocketIOArguments: Equatable, Sendable {
    /// Without the event's name. Where bytes belong, they have a placeholder, `{"_placeholder":true,"num":0}`.
    public let values: [JSONValue]
    public let attachments: [[UInt8]]
    /// The placeholders of the attachments, in the order in which they stand in the text.
    public let placeholders: [SocketIOPlaceholder]

    public init(
        values: [JSONValue] = [], attachments: [[UInt8]] = [], placeholders: [SocketIOPlaceholder] = []
    ) {
        self.values = values
        self.attachments = attachments
        self.placeholders = placeholders
    }

    public var count: Int { values.count }

    /// The bytes that the argument at `index` is, if it is bytes as a whole and not JSON.
    public func attachment(at index: Int) -> [UInt8]? {
        guard let placeholder = placeholders.first(where: { $0.range == values[index].range }) else {
            return nil
        }
        return attachments[placeholder.number]
    }

    /// Where all the arguments lie in the packet's text, commas between them; empty without any.
    public var range: Range<Int> {
        guard let first = values.first, let last = values.last else { return 0..<0 }
        return first.range.lowerBound..<last.range.upperBound
    }
}
