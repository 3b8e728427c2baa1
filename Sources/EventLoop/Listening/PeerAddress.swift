/// The IP address at the other end of a connection, without the port.
public struct PeerAddress: Hashable, Sendable {
    /// The 16 bytes of an IPv6 address in network order, as two numbers; IPv4 is mapped (RFC 4291 section 2.5.5.2).
    public let high: UInt64
    public let low: UInt64

    /// A program of this machine that has no address: it came through a unix socket.
    public static let local = PeerAddress(high: 0, low: 0)

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
