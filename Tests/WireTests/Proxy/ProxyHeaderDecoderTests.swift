import TestSupport
import Testing
import Wire

struct ProxyHeaderDecoderTests {
    typealias Source = ProxyHeaderDecoder.Source

    static let signature = Array("\r\n\r\n\0\r\nQUIT\n".utf8)

    static func header(_ command: UInt8, _ family: UInt8, _ rest: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = length ?? rest.count
        return signature + [0x20 | command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + rest
    }

    static let ipv4 = header(1, 0x11, [203, 0, 113, 9, 10, 0, 0, 1, 0x30, 0x39, 0, 80])
    static let ipv6 = header(
        1, 0x21,
        [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [9] + [UInt8](repeating: 1, count: 20))
    static let typeLengthValues: [UInt8] =
        [0x03, 0, 4, 1, 2, 3, 4] + [0x04, 0x0B, 0xB8] + [UInt8](repeating: 7, count: 3_000)

    /// Reads as a socket does, `most` bytes at a time; what it was, and how much of the input is left.
    private static func read(_ input: [UInt8], most: Int = .max) throws(ProxyHeaderError) -> (Source?, Int) {
        var decoder = ProxyHeaderDecoder()
        var position = 0
        while position < input.count {
            let count = min(decoder.needed, most, input.count - position)
            let piece = input.span.extracting(position..<position + count)
            position += count
            if let source = try decoder.next(piece) { return (source, input.count - position) }
        }
        return (nil, 0)
    }

    @Test(
        "a header names the client, in pieces of any size, and nothing behind it is read",
        arguments: [1, 7, 16, .max])
    func addresses(most: Int) throws {
        let behind = Array("GET / HTTP/1.1".utf8)
        let first = try Self.read(Self.ipv4 + behind, most: most)
        #expect(first.0 == .address(high: 0, low: 0xFFFF_CB00_7109) && first.1 == behind.count)
        let second = try Self.read(Self.ipv6 + behind, most: most)
        #expect(second.0 == .address(high: 0x2001_0DB8_0000_0000, low: 9) && second.1 == behind.count)
        let rest = Array(Self.ipv4[16...])
        let third = try Self.read(Self.header(1, 0x11, rest + Self.typeLengthValues) + behind, most: most)
        #expect(third.0 == .address(high: 0, low: 0xFFFF_CB00_7109) && third.1 == behind.count)
    }

    @Test("the proxy's own connections and those without an address are the peer's")
    func peers() throws {
        let unix = [UInt8](repeating: 1, count: 216)
        for header in [
            Self.header(0, 0x00, []), Self.header(0, 0xFF, [1, 2, 3]),
            Self.header(0, 0x11, Array(Self.ipv4[16...])),
            Self.header(1, 0x00, []), Self.header(1, 0x00, [9, 9, 9]), Self.header(1, 0x31, unix),
            Self.header(1, 0x12, Array(Self.ipv4[16...])),
            Self.header(1, 0x21, [UInt8](repeating: 0, count: 36)),
        ] {
            let found = try Self.read(header + [1])
            #expect(found.0 == .peer && found.1 == 1)
        }
    }

    @Test("what is no such header is refused at its first wrong byte")
    func refusals() {
        let rest = Array(Self.ipv4[16...])
        let wrong: [([UInt8], ProxyHeaderError)] = [
            (Array("GET / HTTP/1.1\r\n".utf8), .noSignature), (Array("PROXY TCP4 1".utf8), .noSignature),
            ([0x16, 3, 1], .noSignature), (Self.signature.dropLast() + [0x0B], .noSignature),
            (Self.signature + [0x11], .unknownVersion(1)), (Self.signature + [0x32], .unknownVersion(3)),
            (Self.signature + [0x22], .unknownCommand(2)), (Self.signature + [0x2F], .unknownCommand(15)),
            (Self.signature + [0x21, 0x41], .unknownFamily(0x41)),
            (Self.signature + [0x21, 0x13], .unknownFamily(0x13)),
            (Self.header(1, 0x11, rest, length: 11), .tooShort), (Self.header(1, 0x21, rest), .tooShort),
            (Self.header(1, 0x31, rest), .tooShort),
        ]
        for (bytes, error) in wrong { #expect(throws: error) { try Self.read(bytes, most: 1) } }
    }

    @Test("whatever comes, it is cut as it likes: the same is found, and no byte too many read")
    func fuzz() throws {
        let seeds = [
            Self.ipv4, Self.ipv6, Self.header(0, 0, []),
            Self.header(1, 0x11, Array(Self.ipv4[16...]) + [4, 0, 1, 9]),
        ]
        try Fuzz.run(30_000, seeds: seeds) { input, generator in
            let whole = Self.outcome(input, most: .max)
            let cut = Self.outcome(input, most: 1 + generator.number(0..<40))
            guard whole == cut else { return "\(whole) in one, \(cut) in pieces" }
            return nil
        }
    }

    private static func outcome(_ input: [UInt8], most: Int) -> String {
        do throws(ProxyHeaderError) {
            return "\(try read(input, most: most))"
        } catch {
            return "\(error)"
        }
    }
}
