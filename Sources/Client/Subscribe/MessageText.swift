import Wire

/// What a message looks like where only its text is wanted: a string's characters, the bytes behind
/// `"encoding":"base64"`, or another value's JSON.
public enum MessageText {
    public static func append(
        _ data: JSONValue, isBinary: Bool, in frame: Span<UInt8>, to output: inout [UInt8]
    ) {
        guard data.kind == .string else { return output.append(copying: frame, data.range) }
        if isBinary, let bytes = data.string(in: frame).flatMap({ Base64.decode($0.span) }) {
            output.append(contentsOf: bytes)
        } else {
            JSON.appendText(of: data, in: frame, to: &output)
        }
    }
}
