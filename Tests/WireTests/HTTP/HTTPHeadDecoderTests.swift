import TestSupport
import Testing

@testable import Wire

@Suite("The HTTP head decoder")
struct HTTPHeadDecoderTests {
    /// The answer to one head, as a status and words; `nil` if it is accepted or not whole.
    private func error(_ text: String, maximumSize: Int = 4096) -> HTTPError? {
        DecodedHead.all(in: [Array(text.utf8)], maximumSize: maximumSize).last?.error
    }

    private func head(_ text: String) throws -> HTTPRequestHead {
        try DecodedHead.one(Array(text.utf8))
    }

    // MARK: What is accepted

    @Test("takes a request apart")
    func request() throws {
        let head = try head(
            "POST /channels/a%20b/messages?event=x&y HTTP/1.1\r\nHost: example.org:8080\r\n"
                + "content-TYPE:text/plain; charset=utf-8\r\nX-Empty:\r\nX-Padded: \t a b \t \r\nContent-Length: 5\r\n\r\n"
        )
        #expect(head.method == "POST")
        #expect(head.path == Array("/channels/a%20b/messages".utf8))
        #expect(head.query == Array("event=x&y".utf8))
        #expect(head.minorVersion == 1)
        #expect(head.framing == .length(5))
        #expect(head.hasBody && head.keepsAlive && !head.expectsContinue)
        #expect(head.header("host") == "example.org:8080")
        #expect(head.header("content-type") == "text/plain; charset=utf-8")
        #expect(head.header("x-empty") == "")
        #expect(head.header("x-padded") == "a b")
        #expect(head.header("x-missing") == nil)
        #expect(head.header("x-empt") == nil)
    }

    @Test(
        "finds path and query in every form of target",
        arguments: [
            ("GET /", "/", nil), ("GET /?", "/", ""), ("GET /a?b?c", "/a", "b?c"),
            ("GET //a/../b", "//a/../b", nil),
            ("GET http://example.org/a/b?c", "/a/b", "c"), ("GET http://example.org", "/", nil),
            ("GET HTTPS://example.org?x=1", "/", "x=1"), ("GET http://h/", "/", nil), ("OPTIONS *", "*", nil),
            ("GET /%00%ff", "/%00%ff", nil), ("M-SEARCH /a", "/a", nil),
        ])
    func targets(_ start: String, _ path: String, _ query: String?) throws {
        let head = try head("\(start) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(String(decoding: head.path, as: UTF8.self) == path)
        #expect(head.query.map { String(decoding: $0, as: UTF8.self) } == query)
    }

    @Test(
        "knows how long the connection lives",
        arguments: [
            ("1.1", "", true), ("1.1", "Connection: close\r\n", false),
            ("1.1", "Connection: Upgrade, CLOSE\r\n", false),
            ("1.1", "Connection: keep-alive\r\n", true),
            ("1.1", "Connection: a\r\nConnection: close\r\n", false),
            ("1.0", "", false), ("1.0", "Connection: Keep-Alive\r\n", false),
            ("1.0", "Connection: close\r\n", false),
        ])
    func persistence(_ version: String, _ field: String, _ keepsAlive: Bool) throws {
        #expect(try head("GET / HTTP/\(version)\r\nHost: h\r\n\(field)\r\n").keepsAlive == keepsAlive)
    }

    @Test("takes HTTP/1.0, with or without Host")
    func oldVersion() throws {
        let bare = try head("GET /a HTTP/1.0\r\n\r\n")
        #expect(bare.minorVersion == 0)
        #expect(try head("GET / HTTP/1.0\r\nHost: h\r\n\r\n").header("host") == "h")
        #expect(error("GET / HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n")?.status == .badRequest)
    }

    @Test("knows who waits for 100 Continue")
    func expectations() throws {
        #expect(try head("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n\r\n").expectsContinue)
        #expect(try !head("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expectsContinue)
        #expect(error("POST / HTTP/1.1\r\nHost: h\r\nExpect: fries\r\n\r\n")?.status == .expectationFailed)
    }

    @Test("splits lists over commas and fields")
    func lists() throws {
        let head = try head(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: Keep-Alive ,\tUpgrade,,\r\nConnection: X\r\n\r\n")
        #expect(head.tokens("connection") == ["keep-alive", "upgrade", "x"])
        #expect(head.tokens("upgrade") == [])
    }

    @Test("repairs a value that is not UTF-8")
    func latin1() throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: h\r\nX-Name: M".utf8) + [0xFC] + Array("ller\r\n\r\n".utf8)
        #expect(try DecodedHead.one(bytes).header("x-name") == "M\u{FFFD}ller")
    }

    // MARK: Bodies

    @Test(
        "knows where the body ends",
        arguments: [
            ("", .length(0)), ("Content-Length: 0\r\n", .length(0)), ("Content-Length: 007\r\n", .length(7)),
            ("Content-Length: 999999999999999999\r\n", .length(999_999_999_999_999_999)),
            ("Transfer-Encoding: chunked\r\n", .chunked), ("transfer-encoding: \tCHUNKED \r\n", .chunked),
        ] as [(String, HTTPRequestHead.Framing)])
    func framing(_ field: String, _ framing: HTTPRequestHead.Framing) throws {
        #expect(try head("POST / HTTP/1.1\r\nHost: h\r\n\(field)\r\n").framing == framing)
    }

    @Test(
        "refuses a body whose end is in doubt",
        arguments: [
            ("Content-Length: 1\r\nContent-Length: 1\r\n", .badRequest),
            ("Content-Length: 1, 1\r\n", .badRequest),
            ("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", .badRequest),
            ("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", .badRequest),
            ("Content-Length: -1\r\n", .badRequest), ("Content-Length: +1\r\n", .badRequest),
            ("Content-Length: 1 1\r\n", .badRequest), ("Content-Length: 0x1\r\n", .badRequest),
            ("Content-Length: 1.0\r\n", .badRequest), ("Content-Length:\r\n", .badRequest),
            ("Content-Length: 9223372036854775808\r\n", .badRequest),
            ("Content-Length: 18446744073709551617\r\n", .badRequest),
            ("Transfer-Encoding: gzip\r\n", .notImplemented),
            ("Transfer-Encoding: gzip, chunked\r\n", .notImplemented),
            ("Transfer-Encoding: chunked, chunked\r\n", .notImplemented),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", .notImplemented),
            ("Transfer-Encoding: identity\r\n", .notImplemented), ("Transfer-Encoding:\r\n", .notImplemented),
            ("Transfer-Encoding: xchunked\r\n", .notImplemented),
            ("Transfer-Encoding: chunked;q=1\r\n", .notImplemented),
        ] as [(String, HTTPStatus)])
    func smuggling(_ fields: String, _ status: HTTPStatus) {
        #expect(error("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n")?.status == status)
    }

    @Test("refuses Transfer-Encoding in HTTP/1.0")
    func oldChunks() {
        #expect(error("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")?.status == .badRequest)
    }

    // MARK: What is refused

    @Test("answers malformed heads with 400", arguments: HTTPCorpus.malformed)
    func malformed(_ text: String) {
        let error = error(text)
        #expect(error?.status == .badRequest)
        #expect(error?.message.isEmpty == false)
    }

    @Test("answers other versions with 505", arguments: ["HTTP/2.0", "HTTP/0.9", "HTTP/3", "HTTP/1.2"])
    func versions(_ version: String) {
        #expect(error("GET / \(version)\r\nHost: h\r\n\r\n")?.status == .versionNotSupported)
    }

    @Test("refuses every control character in a field but the tab")
    func controlCharacters() {
        for byte in Array(0...0x1F) + [0x7F] as [UInt8] where byte != 0x09 && byte != 0x0D {
            for line in ["X: a\u{1A}b", "X\u{1A}: a", "X: \u{1A}", "\u{1A}X: a"] {
                let bytes = "GET / HTTP/1.1\r\nHost: h\r\n\(line)\r\n\r\n".utf8.map { $0 == 0x1A ? byte : $0 }
                #expect(DecodedHead.all(in: [bytes]).last?.error?.status == .badRequest)
            }
        }
    }

    @Test(
        "refuses at its first byte what can be no request",
        arguments: ["\u{16}\u{3}\u{1}", " ", "\n", "\u{0}", "{", "\""])
    func early(_ text: String) {
        #expect(error(text)?.status == .badRequest)
    }

    @Test("refuses a bare line feed at once, before the head is whole")
    func bareLineFeed() {
        #expect(error("GET / HTTP/1.1\nHost: h")?.message == "lines must end with CR LF")
        #expect(error("GET / HTTP/1.1\r\nHost: h\n")?.message == "lines must end with CR LF")
    }

    // MARK: Limits

    @Test("takes a head of exactly the maximum and refuses one byte more with 431")
    func fieldsTooLarge() throws {
        let text = "GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "a", count: 100))\r\n\r\n"
        #expect(error(text, maximumSize: text.utf8.count) == nil)
        let refused = error(text, maximumSize: text.utf8.count - 1)
        #expect(refused?.status == .requestHeaderFieldsTooLarge)
        #expect(refused?.message.contains("\(text.utf8.count - 1) bytes") == true)
    }

    @Test("refuses a request line over the maximum with 414")
    func lineTooLong() {
        let line = "GET /\(String(repeating: "a", count: 200))"
        #expect(error(line, maximumSize: 100)?.status == .uriTooLong)
        #expect(error(line, maximumSize: line.utf8.count) != nil)
        #expect(error(line, maximumSize: line.utf8.count + 1) == nil)
    }

    @Test("takes 100 fields and refuses more with 431")
    func fieldCount() throws {
        func text(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nHost: h\r\n\(String(repeating: "A: b\r\n", count: count - 1))\r\n"
        }
        #expect(try head(text(100)).fields.count == 100)
        #expect(error(text(101))?.status == .requestHeaderFieldsTooLarge)
    }

    // MARK: Streams

    @Test("finds pipelined requests one after another, and empty lines before them")
    func pipelining() {
        let stream =
            "\r\n\r\nGET /1 HTTP/1.1\r\nHost: h\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HT"
        let heads = DecodedHead.all(in: [Array(stream.utf8)])
        #expect(heads.map(\.path) == ["/1", "/2"])
    }

    @Test("waits for more after an empty line", arguments: ["\r\n", "\r", "\r\n\r\n\r\n"])
    func blankLines(_ text: String) throws {
        #expect(DecodedHead.all(in: [Array(text.utf8)]).isEmpty)
        #expect(DecodedHead.all(in: text.utf8.map { [$0] }).isEmpty)
        #expect(error("\rGET / HTTP/1.1\r\n")?.status == .badRequest)
    }

    @Test("waits for more when nothing has come")
    func nothing() {
        #expect(DecodedHead.all(in: [[], []]).isEmpty)
    }

    @Test("sees the same requests however the bytes are cut", arguments: HTTPCorpus.streams)
    func splits(_ text: String) {
        let bytes = Array(text.utf8)
        let whole = DecodedHead.all(in: [bytes], maximumSize: 200)
        for cut in 0...bytes.count {
            #expect(
                DecodedHead.all(in: [Array(bytes[..<cut]), Array(bytes[cut...])], maximumSize: 200) == whole)
        }
        #expect(DecodedHead.all(in: bytes.map { [$0] }, maximumSize: 200) == whole)
    }

    @Test("says that a head has begun and not ended")
    func partial() throws {
        var decoder = HTTPHeadDecoder(maximumSize: 100)
        var position = 0
        #expect(!decoder.isPartial)
        let start = Array("\r\nGET / HTTP/1.1\r\n".utf8)
        #expect(try decoder.next(start.span, &position) == nil)
        #expect(decoder.isPartial && position == start.count)
        position = 0
        let end = Array("Host: h\r\n\r\nGET".utf8)
        #expect(try decoder.next(end.span, &position) != nil)
        #expect(!decoder.isPartial && position == end.count - 3)
    }
}
