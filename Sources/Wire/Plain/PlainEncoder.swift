/// What the plain door sends for a message: a frame with its text, its JSON, or its bytes.
public enum PlainEncoder {
    /// Appends the frame: text for a string, the JSON of any other value, binary for base64 data.
    public static func append(_ message: Span<UInt8>, _ view: MessageView, to bytes: inout [UInt8]) {
        guard view.data.kind == .string else {
            return WebSocketEncoder.appendFrame(.text, message.extracting(view.data.range), to: &bytes)
        }
        guard view.data.hasEscapes || view.isBinary else {
            return WebSocketEncoder.appendFrame(.text, message.extracting(view.data.contents), to: &bytes)
        }
        var text: [UInt8] = []
        JSON.appendText(of: view.data, in: message, to: &text)
        if view.isBinary, let binary = Base64.decode(text.span) {
            WebSocketEncoder.appendFrame(.binary, binary.span, to: &bytes)
        } else {
            WebSocketEncoder.appendFrame(.text, text.span, to: &bytes)
        }
    }
}
