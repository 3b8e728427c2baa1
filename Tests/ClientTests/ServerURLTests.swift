import EventLoop
import Testing

@testable import Client

@Suite("ServerURL")
struct ServerURLTests {
    @Test("hosts, ports and schemes")
    func accepted() throws {
        let plain = try ServerURL(parsing: "http://example.org")
        #expect(plain.endpoint == .tcp(host: "example.org", port: 80))
        #expect(!plain.usesTLS && plain.authority == "example.org" && plain.prefix == "")
        let secure = try ServerURL(parsing: "https://example.org:8443/")
        #expect(secure.endpoint == .tcp(host: "example.org", port: 8443))
        #expect(secure.usesTLS && secure.authority == "example.org:8443" && secure.prefix == "")
        #expect(try ServerURL(parsing: "https://h").endpoint == .tcp(host: "h", port: 443))
        #expect(try ServerURL(parsing: "ws://h").endpoint == .tcp(host: "h", port: 80))
        #expect(try ServerURL(parsing: "wss://h").usesTLS)
        #expect(try ServerURL(parsing: ServerURL.standard).endpoint == .tcp(host: "127.0.0.1", port: 8080))
    }

    @Test("IPv6 addresses stand in brackets")
    func ipv6() throws {
        let url = try ServerURL(parsing: "http://[::1]:8080/chat/")
        #expect(url.endpoint == .tcp(host: "::1", port: 8080))
        #expect(url.authority == "[::1]:8080")
        #expect(url.prefix == "/chat")
        #expect(url.description == "http://[::1]:8080/chat")
        #expect(
            try ServerURL(parsing: "http://[fe80::1%25eth0]").endpoint
                == .tcp(host: "fe80::1%25eth0", port: 80))
    }

    @Test("unix sockets")
    func unix() throws {
        let url = try ServerURL(parsing: "unix:/run/roost.sock")
        #expect(url.endpoint == .unix(path: "/run/roost.sock"))
        #expect(url.authority == "localhost")
        #expect(url.description == "unix:/run/roost.sock")
        #expect(try ServerURL(parsing: "unix:///run/x").endpoint == .unix(path: "/run/x"))
        let slashes = try ServerURL(parsing: "unix:////run/x")
        #expect(try ServerURL(parsing: slashes.description) == slashes)
    }

    @Test(
        "anything else is refused, with what is accepted",
        arguments: [
            "", "example.org", "127.0.0.1:8080", "ftp://h", "http://", "http://:80", "http://h:",
            "http://h:0",
            "http://h:65536", "http://h:-1", "http://h:+80", "http://::1:80", "http://[::1", "http://[::1]x",
            "http://[h]",
            "http://user:pw@h", "http://h?x", "http://h#x", "http://h/ x", "http://h\r\nX: y",
            "unix:relative", "unix:",
            "http://ä", "unix:/" + String(repeating: "x", count: 107),
        ])
    func refused(_ text: String) {
        let error = #expect(throws: ServerURLError.self) { try ServerURL(parsing: text) }
        #expect(error?.description.contains("unix:/PATH") == true)
    }

    @Test(
        "a password in it is not shown",
        arguments: ["http://me:secret@h", "secret@h", "https://secret@h/a b"])
    func credentials(_ text: String) {
        let error = #expect(throws: ServerURLError.self) { try ServerURL(parsing: text) }
        #expect(error?.description.contains("secret") == false)
        #expect(error?.description.contains("…@h") == true)
    }
}
