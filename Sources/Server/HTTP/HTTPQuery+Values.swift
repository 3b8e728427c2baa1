import Wire

/// Parameters that are more than text. Errors name the parameter and what is accepted.
extension HTTPQuery {
    /// An optional time in milliseconds: whole seconds, or with a unit as settings have it (`90`, `90s`, `1h`).
    func duration(_ name: String, _ range: ClosedRange<Duration>) throws(HTTPError) -> Int64? {
        guard let text = text(name) else { return nil }
        let written = Digits.number(text) == nil ? text : text + "s"
        guard let value = try? TimeSpan.parse(written), range.contains(value) else {
            throw Self.refused(
                "'\(name)' must be a number of seconds, or a time like 30s, 5m or 24h, from "
                    + "\(TimeSpan.text(range.lowerBound)) to \(TimeSpan.text(range.upperBound))")
        }
        return Int64(clamping: value.milliseconds)
    }

    /// An optional whole number.
    func integer(_ name: String, _ range: ClosedRange<Int>) throws(HTTPError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Digits.number(text), range.contains(value) else {
            throw Self.refused(
                "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// An optional id.
    func messageID(_ name: String) throws(HTTPError) -> MessageID? {
        guard let bytes = bytes(name) else { return nil }
        guard let id = MessageID(bytes.span) else {
            throw Self.refused("'\(name)' must be the id of a message, such as 42-k3f9")
        }
        return id
    }

    private static func refused(_ message: String) -> HTTPError {
        HTTPError(.badRequest, .badRequest, message)
    }
}
