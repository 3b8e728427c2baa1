import Wire

/// What is said on the signal `presence` of a channel: `J<user>`, or `L<user>`.
public enum PresenceSignal: Equatable, Sendable {
    /// The user's first connection has come.
    case joined(UserName)
    /// The user's last connection has gone.
    case left(UserName)

    /// - Returns: `nil` for anything that no server says.
    public init?(_ payload: Span<UInt8>) {
        guard payload.count > 1,
            let user = try? UserName(validating: [UInt8](copying: payload.extracting(1..<payload.count)))
        else { return nil }
        switch payload[0] {
        case UInt8(ascii: "J"): self = .joined(user)
        case UInt8(ascii: "L"): self = .left(user)
        default: return nil
        }
    }

    public var payload: [UInt8] {
        switch self {
        case .joined(let user): [UInt8(ascii: "J")] + user.bytes
        case .left(let user): [UInt8(ascii: "L")] + user.bytes
        }
    }
}
