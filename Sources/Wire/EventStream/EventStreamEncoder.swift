/// Builds Server-Sent Events (WHATWG HTML, section 9.2).
public enum EventStreamEncoder {
    /// What stands in `data:`.
    public enum Form: Sendable {
        /// The message's JSON.
        case json
        /// The bare data: a string's text, the JSON of any other value, base64 for bytes.
        case text
    }

    /// Names of events that the server itself sends begin so; a message's event that does goes out as `message`.
    public static let ownPrefix: StaticString = "roost:"

    /// Appends a message as an event.
    /// - Parameters:
    ///   - message: its JSON, whole and valid.
    ///   - view: of `message`.
    ///   - appendID: appends what a client says to go on from here, without line ends; nothing: no `id:`.
    public static func append(
        _ message: Span<UInt8>, _ view: MessageView, _ form: Form, to bytes: inout [UInt8],
        appendID: (inout [UInt8]) -> Void
    ) {
        let start = bytes.count
        bytes.append("id: ")
        appendID(&bytes)
        if bytes.count == start + 4 { bytes.removeLast(4) } else { bytes.append(UInt8(ascii: "\n")) }
        appendEvent(view.event, of: message, to: &bytes)
        switch form {
        case .json: appendData(message, to: &bytes)
        case .text where view.data.kind != .string:
            appendData(message.extracting(view.data.range), to: &bytes)
        case .text where !view.data.hasEscapes:
            appendData(message.extracting(view.data.contents), to: &bytes)
        case .text:
            var text: [UInt8] = []
            JSON.appendText(of: view.data, in: message, to: &text)
            appendData(text.span, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends an event of the server's own, `roost:{name}`.
    /// - Parameters:
    ///   - id: as for messages; empty for none.
    ///   - json: its data.
    public static func append(own name: String, id: [UInt8], _ json: Span<UInt8>, to bytes: inout [UInt8]) {
        if !id.isEmpty { appendField("id: ", id.span, to: &bytes) }
        bytes.append("event: ")
        bytes.append(ownPrefix)
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "\n"))
        appendData(json, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends a block that is no event, but from which a client goes on.
    public static func append(id: [UInt8], to bytes: inout [UInt8]) {
        appendField("id: ", id.span, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends how long, in milliseconds, the client is to wait before it connects again.
    public static func append(retry milliseconds: UInt64, to bytes: inout [UInt8]) {
        bytes.append("retry: ")
        JSON.appendInteger(Int64(clamping: milliseconds), to: &bytes)
        bytes.append("\n\n")
    }

    /// The `event:` line. `message` is what a client assumes.
    private static func appendEvent(
        _ event: JSONValue, of message: Span<UInt8>, to bytes: inout [UInt8]
    ) {
        guard !event.isString("message", in: message) else { return }
        guard event.hasEscapes else {
            let name = message.extracting(event.contents)
            if !name.starts(with: ownPrefix) { appendField("event: ", name, to: &bytes) }
            return
        }
        var name: [UInt8] = []
        JSON.appendText(of: event, in: message, to: &name)
        // A line end would end the field, and begin one of the publisher's choice.
        for index in name.indices where name[index] == 0x0A || name[index] == 0x0D { name[index] = 0x20 }
        if !name.span.starts(with: ownPrefix) { appendField("event: ", name.span, to: &bytes) }
    }

    private static func appendField(_ name: StaticString, _ value: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(name)
        bytes.append(copying: value)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The `data:` lines: one for each line of the data. CR LF and CR count as line ends, as they do for the client.
    private static func appendData(_ data: Span<UInt8>, to bytes: inout [UInt8]) {
        var start = 0
        while let end = data.firstLineEnd(from: start) {
            appendField("data: ", data.extracting(start..<end), to: &bytes)
            let isPair = data[end] == 0x0D && end + 1 < data.count && data[end + 1] == 0x0A
            start = end + (isPair ? 2 : 1)
        }
        appendField("data: ", data.extracting(start..<data.count), to: &bytes)
    }
}

extension Span<UInt8> {
    fileprivate func firstLineEnd(from start: Int) -> Int? {
        var index = start
        while index < count {
            // One comparison for nearly all bytes: both line ends are control characters.
            if self[index] < 0x10, self[index] == 0x0A || self[index] == 0x0D { return index }
            index += 1
        }
        return nil
    }
}
