import Wire

/// Turns what the user wants published into JSON values. Pure.
public struct PublishInput: Sendable {
    /// Each message is JSON already and is published as that value; otherwise it is text and becomes a JSON string.
    public let isJSON: Bool

    public init(isJSON: Bool) { self.isJSON = isJSON }

    /// The JSON value for one message, which is not copied where it is JSON already.
    /// - Throws: what is wrong with it, to stand behind "line 3" or "the message".
    public func value(of message: [UInt8]) throws(ClientError) -> [UInt8] {
        guard isJSON else {
            guard UTF8Validator.isValid(message.span) else { throw ClientError("is not valid UTF-8") }
            var value: [UInt8] = []
            JSON.appendString(message.span, to: &value)
            return value
        }
        do throws(JSONError) {
            _ = try JSON.validate(message.span)
        } catch {
            throw ClientError("is \(error)")
        }
        return message
    }
}
