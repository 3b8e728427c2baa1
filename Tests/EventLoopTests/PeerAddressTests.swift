import EventLoop
import Testing

struct PeerAddressTests {
    @Test(
        "it is written as it is read, IPv4 also where it was mapped",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:DB8:0:0::1", "2001:db8::1"),
            ("::1", "::1"), ("255.255.255.255", "255.255.255.255"), ("::", ""),
        ])
    func texts(text: String, printed: String) throws {
        #expect(try #require(PeerAddress(text)).description == printed)
    }

    @Test(
        "what is no address is none",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "[::1]", "fe80::1%eth0", ":::", "localhost", "1.2.3.4 ",
        ])
    func refusals(text: String) { #expect(PeerAddress(text) == nil) }

    @Test("IPv4 is told from IPv6")
    func kinds() throws {
        #expect(PeerAddress(ipv4: 0xC000_0201) == PeerAddress("192.0.2.1"))
        #expect(try #require(PeerAddress("192.0.2.1")).isIPv4)
        #expect(try !#require(PeerAddress("::1")).isIPv4)
        #expect(PeerAddress.local.description.isEmpty)
    }
}
