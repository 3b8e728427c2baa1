import EventLoop
import Testing

@Suite("Listen points")
struct ListenPointTests {
    @Test(
        "say what is spoken before HTTP, and are printed as they are read",
        arguments: [
            ("127.0.0.1:1", false, false), ("tls:127.0.0.1:1", true, false), ("proxy:[::1]:1", false, true),
            ("tls:proxy:unix:/s", true, true),
        ])
    func prefixes(text: String, isSecure: Bool, expectsProxyHeader: Bool) throws {
        let point = try ListenPoint(parsing: text)
        #expect(point.isSecure == isSecure && point.expectsProxyHeader == expectsProxyHeader)
        #expect(point.description == text)
    }

    @Test("a host may be called tls or proxy")
    func hosts() throws {
        #expect(try ListenPoint(parsing: "tls:80") == ListenPoint(.tcp(host: "tls", port: 80)))
        #expect(try ListenPoint(parsing: "proxy:80") == ListenPoint(.tcp(host: "proxy", port: 80)))
        #expect(
            try ListenPoint(parsing: "tls:proxy:80")
                == ListenPoint(.tcp(host: "proxy", port: 80), isSecure: true))
    }

    @Test("what follows is a listen address", arguments: ["tls:", "tls:127.0.0.1:x", "proxy:tls:1.2.3.4:5"])
    func refused(text: String) {
        #expect(throws: ListenAddressError.self) { try ListenPoint(parsing: text) }
    }
}
