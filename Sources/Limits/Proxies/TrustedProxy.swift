/// One entry of `http.trusted_proxies`.
public enum TrustedProxy: Hashable, Sendable {
    case range(AddressRange)
    /// Whoever connects through a unix socket.
    case unix

    public static let accepted = "\(AddressRange.accepted), or unix for those that come by a unix socket"

    public init(parsing text: String) throws(AddressRangeError) {
        self = text == "unix" ? .unix : .range(try AddressRange(parsing: text))
    }
}

extension TrustedProxy: CustomStringConvertible {
    public var description: String {
        switch self {
        case .range(let range): range.description
        case .unix: "unix"
        }
    }
}
