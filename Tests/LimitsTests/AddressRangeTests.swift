import EventLoop
import Limits
import Testing

struct AddressRangeTests {
    @Test(
        "a range contains what begins as it does",
        arguments: [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
            ("192.0.2.6/31", "192.0.2.7", true), ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "203.0.113.9", false),
            ("::/0", "2001:db8::1", true),
            ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe80::1", false),
            ("2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", true),
            ("2001:db8::/64", "2001:db8:0:1::", false), ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
            ("::1", "::1", true), ("::1/128", "::2", false), ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("::ffff:10.0.0.0/104", "10.9.9.9", true), ("::ffff:10.0.0.0/104", "11.9.9.9", false),
        ])
    func contains(range: String, address: String, isInside: Bool) throws {
        let address = try #require(PeerAddress(address))
        #expect(try AddressRange(parsing: range).contains(address) == isInside)
    }

    @Test(
        "it is written as it is read",
        arguments: ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.7", "fd00::/8", "::1", "::/0", "2001:db8::/33"])
    func description(text: String) throws {
        #expect(try AddressRange(parsing: text).description == text)
    }

    @Test(
        "what is no range is refused",
        arguments: [
            ("", AddressRangeError.noAddress), ("example.com", .noAddress), ("10.0.0", .noAddress),
            ("10.0.0.0.0/8", .noAddress), ("[::1]", .noAddress), ("fe80::1%eth0", .noAddress),
            ("10.0.0.0/", .noPrefix(width: 32)), ("10.0.0.0/33", .noPrefix(width: 32)),
            ("10.0.0.0/-1", .noPrefix(width: 32)), ("10.0.0.0/8/8", .noPrefix(width: 32)),
            ("::1/129", .noPrefix(width: 128)), ("::1/٣", .noPrefix(width: 128)), ("/8", .noAddress),
            ("10.0.0.1/8", .bitsBehindPrefix), ("fd00::1/8", .bitsBehindPrefix), (" ::1", .noAddress),
            ("10.0.0.0/0008", .noPrefix(width: 32)),
        ])
    func refusals(text: String, error: AddressRangeError) {
        #expect(throws: error) { try AddressRange(parsing: text) }
    }

    @Test("a program of this machine is in no range")
    func local() throws {
        #expect(try !AddressRange(parsing: "::/0").contains(.local))
        #expect(try TrustedProxies([.range(AddressRange(parsing: "::/0"))]).contains(.local) == false)
        #expect(TrustedProxies([.unix]).contains(.local))
    }
}
