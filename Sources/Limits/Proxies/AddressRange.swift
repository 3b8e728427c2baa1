import EventLoop

/// IP addresses with the same beginning: `10.0.0.0/8`, `fd00::/8`, or one alone.
public struct AddressRange: Hashable, Sendable {
    private let first: PeerAddress
    /// Bits that are the same in all, of 128: an IPv4 address is mapped.
    private let prefix: Int
    private let isIPv4: Bool

    public static let accepted = "an IP address, or a range such as 10.0.0.0/8 or fd00::/8"

    /// Reads an address, or one with the number of its bits that count (RFC 4632 section 3.1).
    public init(parsing text: String) throws(AddressRangeError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = PeerAddress(parts[0]), address != .local || parts.count == 2 else {
            throw .noAddress
        }
        first = address
        isIPv4 = address.isIPv4 && !parts[0].contains(":")
        let width = isIPv4 ? 32 : 128
        guard parts.count == 2 else {
            prefix = 128
            return
        }
        let digits = parts[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let bits = Int(digits), bits <= width
        else { throw .noPrefix(width: width) }
        prefix = bits + 128 - width
        let mask = Self.mask(prefix)
        guard address.high & ~mask.high == 0, address.low & ~mask.low == 0 else { throw .bitsBehindPrefix }
    }

    /// Whether it has all the addresses of its kind.
    public var isEverything: Bool { prefix == (isIPv4 ? 96 : 0) }

    public func contains(_ address: PeerAddress) -> Bool {
        // `::/0` is every IPv6 address and no IPv4 address, whatever that is mapped to.
        guard address != .local, address.isIPv4 == first.isIPv4 else { return false }
        let mask = Self.mask(prefix)
        return address.high & mask.high == first.high && address.low & mask.low == first.low
    }

    private static func mask(_ prefix: Int) -> (high: UInt64, low: UInt64) {
        // Shifting by 64 gives 0, not what it was.
        (~(UInt64.max >> min(prefix, 64)), ~(UInt64.max >> max(0, prefix - 64)))
    }
}

extension AddressRange: CustomStringConvertible {
    public var description: String {
        let bits = isIPv4 ? prefix - 96 : prefix
        if prefix == 128 { return "\(first)" }
        return first == .local ? "::/\(bits)" : "\(first)/\(bits)"
    }
}
