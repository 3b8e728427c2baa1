import EventLoop
import Limits
import TestSupport
import Testing
import Wire

struct TrustedProxiesTests {
    private static let proxies = try? TrustedProxies([
        .range(AddressRange(parsing: "10.0.0.0/8")), .range(AddressRange(parsing: "fd00::/8")), .unix,
    ])

    private static func client(
        _ fields: [String], from peer: PeerAddress?, _ proxies: TrustedProxies? = proxies
    ) throws -> String {
        let lines = fields.map { "X-Forwarded-For: \($0)\r\n" }.joined()
        var decoder = HTTPHeadDecoder(maximumSize: 1 << 20)
        var position = 0
        let bytes = Array("GET / HTTP/1.1\r\nHost: x\r\n\(lines)\r\n".utf8)
        let head = try #require(try decoder.next(bytes.span, &position))
        return try #require(proxies).client(of: head, from: try #require(peer)).description
    }

    @Test(
        "the last that is not trusted is the client",
        arguments: [
            (["203.0.113.9"], "203.0.113.9"), (["203.0.113.9, 10.1.1.1"], "203.0.113.9"),
            // What stands before it anybody may have written.
            (["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            (["10.2.2.2, 203.0.113.9, 10.1.1.1"], "203.0.113.9"),
            (["198.51.100.1", "203.0.113.9", "10.1.1.1 ,fd00::7"], "203.0.113.9"),
            // All are trusted: the first.
            (["10.3.3.3, 10.2.2.2"], "10.3.3.3"), ([], "10.0.0.1"),
            (["203.0.113.9:1234"], "203.0.113.9"), (["[2001:db8::9]:1234"], "2001:db8::9"),
            (["[2001:db8::9]"], "2001:db8::9"), (["2001:db8::9"], "2001:db8::9"),
            (["::ffff:203.0.113.9"], "203.0.113.9"), (["1.1.1.1, ::ffff:10.1.1.1"], "1.1.1.1"),
        ])
    func clients(fields: [String], expected: String) throws {
        #expect(try Self.client(fields, from: PeerAddress("10.0.0.1")) == expected)
    }

    @Test(
        "an entry that is no address ends it: whoever passed it on is the client",
        arguments: [
            ([""], "10.0.0.1"), (["unknown"], "10.0.0.1"), (["_hidden, 10.1.1.1"], "10.1.1.1"),
            (["203.0.113.9, "], "10.0.0.1"), (["203.0.113.9, garbage, 10.1.1.1"], "10.1.1.1"),
            (["fe80::1%eth0"], "10.0.0.1"), (["[10.1.1.1]"], "10.0.0.1"), (["203.0.113.9:"], "10.0.0.1"),
            (["203.0.113.9:123456"], "10.0.0.1"), (["[::1"], "10.0.0.1"), (["::"], "10.0.0.1"),
            (["[2001:db8::9]x"], "10.0.0.1"), (["203.0.113.9:80:80"], "10.0.0.1"), (["0x7f.1"], "10.0.0.1"),
            ([String(repeating: "1", count: 5_000)], "10.0.0.1"), (["203.0.113.9", "\u{FF}"], "10.0.0.1"),
        ])
    func garbage(fields: [String], expected: String) throws {
        #expect(try Self.client(fields, from: PeerAddress("10.0.0.1")) == expected)
    }

    @Test("whoever is not trusted is who it is")
    func untrusted() throws {
        #expect(try Self.client(["198.51.100.1"], from: PeerAddress("203.0.113.1")) == "203.0.113.1")
        #expect(
            try Self.client(["198.51.100.1"], from: PeerAddress("10.0.0.1"), TrustedProxies()) == "10.0.0.1")
        #expect(try Self.client(["198.51.100.1"], from: .local) == "198.51.100.1")
        #expect(try Self.client(["198.51.100.1"], from: .local, TrustedProxies()) == "")
    }

    @Test("a thousand entries are looked through")
    func many() throws {
        let many = Array(repeating: "10.1.1.1", count: 1_000).joined(separator: ",")
        #expect(try Self.client(["203.0.113.9," + many], from: PeerAddress("10.0.0.1")) == "203.0.113.9")
    }

    @Test("whatever the field says, the client is one of those it names behind the last that is not trusted")
    func fuzz() throws {
        let proxies = try #require(Self.proxies)
        let peer = try #require(PeerAddress("10.0.0.1"))
        let seeds = [
            "203.0.113.9, 10.1.1.1", "[2001:db8::9]:80", "::ffff:10.1.1.1,10.2.2.2", "unknown, fd00::1",
        ]
        try Fuzz.run(20_000, seeds: seeds.map { Array($0.utf8) }) { input, _ in
            var decoder = HTTPHeadDecoder(maximumSize: 1 << 16)
            var position = 0
            let bytes =
                Array("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ".utf8) + input + Array("\r\n\r\n".utf8)
            guard let head = try? decoder.next(bytes.span, &position) else { return nil }
            let client = proxies.client(of: head, from: peer)
            if client == .local { return "nobody's address" }
            // Only what the proxy itself has added can name anybody else.
            let text = String(decoding: input, as: UTF8.self)
            let last = text.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
            let isAddress = last.contains { $0.isHexDigit }
            return client == peer || isAddress ? nil : "\(client) out of nothing"
        }
    }
}
