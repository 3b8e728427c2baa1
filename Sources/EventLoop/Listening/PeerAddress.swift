internal import Glibc

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

    public init(ipv4: UInt32) {
        high = 0
        low = 0xFFFF_0000_0000 | UInt64(ipv4)
    }

    /// Reads an IPv4 address, or an IPv6 address without brackets and zone.
    public init?(_ text: some StringProtocol) {
        if let bytes = HostText.ipv4(text) {
            self.init(ipv4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        } else if !text.utf8.contains(UInt8(ascii: "%")), let bytes = HostText.ipv6(text) {
            self.init(
                high: bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
        } else {
            return nil
        }
    }

    /// Whether it is an IPv4 address, which is mapped here.
    public var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }
}

extension PeerAddress: CustomStringConvertible {
    /// As `init(_:)` reads it; nothing for `local`.
    public var description: String {
        if self == .local { return "" }
        let isIPv4 = isIPv4
        var bytes: (UInt64, UInt64) = (high.bigEndian, low.bigEndian)
        return unsafe withUnsafeBytes(of: &bytes) { bytes in
            let start = unsafe bytes.baseAddress.map { unsafe isIPv4 ? $0 + 12 : $0 }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            let length = socklen_t(text.count)
            guard unsafe inet_ntop(isIPv4 ? AF_INET : AF_INET6, start, &text, length) != nil else {
                return ""
            }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
