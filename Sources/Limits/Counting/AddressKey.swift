import EventLoop

/// Who counts as one client by address: an IPv4 address, or the /64 of an IPv6 address, which is what one customer has at
/// least (RFC 6177) and can take any address of.
public struct AddressKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// `nil` for a program of this machine, which has no address.
    public init?(_ address: PeerAddress) {
        guard address != .local else { return nil }
        high = address.high
        low = address.isIPv4 ? address.low : 0
    }
}
