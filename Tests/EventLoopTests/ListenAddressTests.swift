import Testing

@testable import EventLoop

struct ListenAddressTests {
    @Test(
        "an address prints as it was written",
        arguments: [
            "127.0.0.1:8080", "0.0.0.0:0", "[::1]:65535", "[::]:80", "[fe80::1%eth0]:8080", "localhost:8080",
            "chat.example.org:443", "my_container-1:80", "unix:/run/roost.sock", "unix:relative path.sock",
            "unix:" + String(repeating: "p", count: 107),
        ])
    func roundTrip(text: String) throws {
        #expect(try ListenAddress(parsing: text).description == text)
    }

    @Test(
        "what is not an address is refused with the reason",
        arguments: [
            ("", .noPort), ("localhost", .noPort), ("[::1]", .noPort), ("127.0.0.1:", .badPort("")),
            ("127.0.0.1:x", .badPort("x")), ("127.0.0.1:-1", .badPort("-1")),
            ("127.0.0.1:65536", .badPort("65536")),
            ("127.0.0.1:99999999999999999999", .badPort("99999999999999999999")),
            (":8080", .noHost(port: 8080)),
            ("::1:8080", .unbracketed), ("[]:80", .badHost("[]")), ("[127.0.0.1]:80", .badHost("127.0.0.1")),
            ("[::1%]:80", .badHost("::1%")), ("*:80", .badHost("*")), ("256.0.0.1:80", .badHost("256.0.0.1")),
            ("127.1:80", .badHost("127.1")), ("a b:80", .badHost("a b")), ("-a:80", .badHost("-a")),
            ("http://a:80", .unbracketed), ("a..b:80", .badHost("a..b")), ("unix:", .noPath),
            ("unix:" + String(repeating: "p", count: 108), .pathTooLong(108)),
            ("unix:/a\0b", .controlCharacter),
            ("a\n:80", .controlCharacter), ("127.0.0.1:٣", .badPort("٣")),
        ] as [(String, ListenAddressError)])
    func refusals(text: String, reason: ListenAddressError) {
        #expect(throws: reason) { try ListenAddress(parsing: text) }
        #expect(!reason.description.isEmpty)
    }

    @Test(
        "loopback and unix addresses are not public",
        arguments: [
            ("127.0.0.1:1", true), ("127.255.3.4:1", true), ("[::1]:1", true), ("[0:0:0:0:0:0:0:1]:1", true),
            ("[::ffff:127.0.0.1]:1", true), ("LOCALHOST:1", true), ("unix:/tmp/s", true),
            ("0.0.0.0:1", false),
            ("[::]:1", false), ("128.0.0.1:1", false), ("[::2]:1", false), ("[::ffff:10.0.0.1]:1", false),
            ("localhost.example.org:1", false), ("localhos\u{0074}\u{0301}:1", false),
        ])
    func loopback(text: String, expected: Bool) {
        #expect((try? ListenAddress(parsing: text))?.isLoopbackOrUnix ?? false == expected)
    }

    @Test("a URL names an address as a client on this machine does")
    func urls() throws {
        #expect(try ListenPoint(parsing: "[::1]:80").url == "http://[::1]:80")
        #expect(try ListenPoint(parsing: "tls:[::1]:80").url == "https://[::1]:80")
        #expect(try ListenPoint(parsing: "proxy:unix:/run/roost.sock").url == "unix:/run/roost.sock")
    }
}
