import EventLoop
import Limits
import Testing

struct ConnectionCountsTests {
    @Test("a place is taken until the last reference to its claim goes")
    func claims() {
        let counts = ConnectionCounts<Int>()
        var first = counts.claim(1, atMost: 2)
        let second = counts.claim(1, atMost: 2)
        #expect(first != nil && second != nil)
        #expect(counts.claim(1, atMost: 2) == nil)
        #expect(counts.claim(2, atMost: 2) != nil, "others are not affected; and it is given back at once")
        #expect(counts[1] == 2 && counts[2] == 0)
        first = nil
        #expect(counts[1] == 1)
        #expect(counts.claim(1, atMost: 1) == nil, "the limit may change")
        withExtendedLifetime(second) {}
    }

    @Test("an IPv6 address counts by its /64, an IPv4 address alone, a unix socket not at all")
    func keys() throws {
        func key(_ text: String) throws -> AddressKey? { AddressKey(try #require(PeerAddress(text))) }
        #expect(try key("2001:db8::1") == key("2001:db8::ffff:1"))
        #expect(try key("2001:db8::1") != key("2001:db8:0:1::1"))
        #expect(try key("192.0.2.1") != key("192.0.2.2"))
        #expect(try key("192.0.2.1") == key("::ffff:192.0.2.1"))
        #expect(AddressKey(.local) == nil)
    }
}
