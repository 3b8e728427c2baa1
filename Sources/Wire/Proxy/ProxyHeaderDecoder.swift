/// Reads the header that a proxy puts before a connection's bytes: PROXY protocol version 2, binary.
/// https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2.2. Version 1, a line of text, is not known.
///
/// A pure state machine. It is fed at most `needed` bytes at a time, so that not one of those behind the header is read.
public struct ProxyHeaderDecoder: Sendable {
    /// Who the proxy says is at the other end.
    public enum Source: Equatable, Sendable {
        /// An IPv6 address in network order; IPv4 is mapped (RFC 4291 section 2.5.5.2).
        case address(high: UInt64, low: UInt64)
        /// The proxy itself (`LOCAL`), or somebody whose address is none of the internet's.
        case peer
    }

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let prefixLength = 16
    /// Two IPv6 addresses and two ports: what may stand there beyond is not looked at.
    private static let maximumKept = prefixLength + 36

    private var kept: [UInt8] = []
    /// Bytes of the header so far.
    private var count = 0
    /// Bytes of the whole header, as far as is known.
    private var length = prefixLength

    public init() {}

    /// How many bytes the header has at least beyond those that were read.
    public var needed: Int { length - count }

    /// Takes the next bytes of the header, `needed` at most; who it names once it is whole, `nil` before.
    /// - Throws: at the first byte that is wrong.
    public mutating func next(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> Source? {
        precondition(bytes.count <= needed, "bytes behind the header were read")
        for index in bytes.indices {
            if kept.count < Self.maximumKept { kept.append(bytes[index]) }
            count += 1
            if count <= Self.prefixLength { try check() }
        }
        return needed == 0 ? source() : nil
    }

    /// Looks at the byte that came last, one of the first 16.
    private mutating func check() throws(ProxyHeaderError) {
        let byte = kept[count - 1]
        switch count - 1 {
        case 0..<12: guard byte == Self.signature[count - 1] else { throw .noSignature }
        case 12:
            guard byte >> 4 == 2 else { throw .unknownVersion(byte >> 4) }
            guard byte & 0x0F <= 1 else { throw .unknownCommand(byte & 0x0F) }
        case 13:
            // What a LOCAL header has there is to be passed over.
            guard isLocal || byte >> 4 <= 3 && byte & 0x0F <= 2 else { throw .unknownFamily(byte) }
        case 15:
            let rest = Int(kept[14]) << 8 | Int(byte)
            guard isLocal || rest >= addressLength else { throw .tooShort }
            length += rest
        default: break
        }
    }

    private var isLocal: Bool { kept[12] & 0x0F == 0 }

    private var addressLength: Int {
        switch kept[13] >> 4 {
        case 1: 12
        case 2: 36
        case 3: 216
        default: 0
        }
    }

    private func source() -> Source {
        if isLocal { return .peer }
        let address: Source
        switch kept[13] {
        case 0x11: address = .address(high: 0, low: 0xFFFF_0000_0000 | number(16..<20))
        case 0x21: address = .address(high: number(16..<24), low: number(24..<32))
        default: return .peer
        }
        // All zeros would be nobody's address.
        return address == .address(high: 0, low: 0) ? .peer : address
    }

    private func number(_ range: Range<Int>) -> UInt64 { kept[range].reduce(0) { $0 << 8 | UInt64($1) } }
}
