import Wire

/// What is said on the signal `inbox` of a user: `N<id> <notification>`, or `R<id> <unread> <origin>`.
public enum InboxSignal: Equatable, Sendable {
    /// There is a new notification; its JSON.
    case added(MessageID, [UInt8])
    /// The user has read up to the mark, says the connection named `origin` (empty: an HTTP client).
    case read(InboxMark, origin: String)

    /// - Returns: `nil` for anything that no server says.
    public init?(_ payload: Span<UInt8>) {
        guard payload.count > 1,
            let space = (1..<payload.count).first(where: { payload[$0] == UInt8(ascii: " ") }),
            let id = MessageID(payload.extracting(1..<space))
        else { return nil }
        let rest = payload.extracting((space + 1)..<payload.count)
        switch payload[0] {
        case UInt8(ascii: "N"):
            guard NotificationEncoder.isNotification(rest) else { return nil }
            self = .added(id, [UInt8](copying: rest))
        case UInt8(ascii: "R"):
            let words = [UInt8](copying: rest).split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard let unread = words.first.flatMap({ Int(String(decoding: $0, as: UTF8.self)) }), unread >= 0
            else { return nil }
            let origin = words.count == 2 ? String(decoding: words[1], as: UTF8.self) : ""
            self = .read(InboxMark(id: id, unread: unread), origin: origin)
        default: return nil
        }
    }

    public var payload: [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .added(let id, let notification):
            bytes.append(UInt8(ascii: "N"))
            id.append(to: &bytes)
            bytes.append(UInt8(ascii: " "))
            bytes += notification
        case .read(let mark, let origin):
            bytes.append(UInt8(ascii: "R"))
            mark.id.append(to: &bytes)
            bytes += " \(mark.unread) \(origin)".utf8
        }
        return bytes
    }
}
