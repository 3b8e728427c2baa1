import Testing

@testable import Client

@Suite("HTTPResponseHeadParser")
struct HTTPResponseHeadParserTests {
    /// Parses `text` in pieces of `size` bytes: the head, and how many bytes it took.
    private func parse(
        _ text: String, size: Int = .max
    ) throws(HTTPResponseHeadError) -> (head: HTTPResponseHead, used: Int)? {
        let bytes = Array(text.utf8)
        var parser = HTTPResponseHeadParser()
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start..<min(bytes.count, start + min(size, bytes.count))])
            var position = 0
            if let head = try parser.parse(piece.span, &position) { return (head, start + position) }
            start += piece.count
        }
        return nil
    }

    private func error(_ text: String) -> HTTPResponseHeadError? {
        do throws(HTTPResponseHeadError) {
            _ = try parse(text)
            return nil
        } catch {
            return error
        }
    }

    private let good =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nCONNECTION:keep-alive ,\tUpgrade \r\nX:\r\n\r\n"

    @Test(
        "a head is read whole, in however many pieces it comes, and what follows is left", arguments: 1...12)
    func pieces(_ size: Int) throws {
        let (head, used) = try #require(try parse(good + "\u{1}\u{2}", size: size))
        #expect(used == good.utf8.count)
        #expect(head.status == 101)
        #expect(head.reason == "Switching Protocols")
        #expect(head.value(of: "upgrade") == Array("websocket".utf8))
        #expect(head.list("connection", contains: "upgrade"))
        #expect(!head.list("connection", contains: "close"))
        #expect(head.value(of: "x") == [])
        #expect(head.value(of: "y") == nil)
    }

    @Test("a field that stands twice has no single value")
    func twice() throws {
        let (head, _) = try #require(try parse("HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\n\r\n"))
        #expect(head.value(of: "a") == nil)
        #expect(head.values(of: "a") == [Array("1".utf8), Array("2".utf8)])
    }

    @Test("a reason may be missing, and keeps only what can be shown")
    func reasons() throws {
        #expect(try parse("HTTP/1.0 404\r\n\r\n")?.head.reason == "")
        #expect(try parse("HTTP/1.1 404 \r\n\r\n")?.head.reason == "")
        #expect(try parse("HTTP/1.1 404 a\u{1B}[2Jb\r\n\r\n")?.head.reason == "a[2Jb")
    }

    @Test(
        "what is not HTTP/1 is found out at once",
        arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200", "http/1.1"])
    func notHTTP(_ text: String) {
        #expect(error(text) == .notHTTP)
    }

    @Test("a server that wants TLS is told from others")
    func tls() {
        #expect(error("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{46}") == .isTLS)
    }

    @Test(
        "malformed heads are refused",
        arguments: [
            "HTTP/1.2 200 OK\r\n\r\n", "HTTP/1.1  200\r\n\r\n", "HTTP/1.1 20\r\n\r\n",
            "HTTP/1.1 2x0 OK\r\n\r\n",
            "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1 200 OK\n\n",
            "HTTP/1.1 200 OK\r\nA: 1\n\r\n",
            "HTTP/1.1 200 OK\r\nA: 1\rB: 2\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA : x\r\n\r\n", "HTTP/1.1 200 OK\r\nA: x\r\n folded\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: \u{0}\r\n\r\n", "HTTP/1.1 200 OK\r\nA\u{e9}: x\r\n\r\n",
        ])
    func malformed(_ text: String) {
        guard case .malformed = error(text) else {
            Issue.record(
                "not refused as malformed: \(text.debugDescription): \(String(describing: error(text)))")
            return
        }
    }

    @Test("size and number of fields are bounded")
    func bounded() {
        #expect(error("HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 20_000)) == .tooLarge)
        let fields = String(repeating: "A: b\r\n", count: HTTPResponseHeadParser.maximumFields)
        #expect(error("HTTP/1.1 200 OK\r\n\(fields)\r\n") == nil)
        #expect(error("HTTP/1.1 200 OK\r\n\(fields)A: b\r\n\r\n") == .tooManyFields)
    }

    @Test("a good head with any one byte changed is read or refused, never a trap")
    func oneByteChanged() {
        let bytes = Array(good.utf8)
        for index in bytes.indices {
            for byte in UInt8.min ... .max {
                var changed = bytes
                changed[index] = byte
                var parser = HTTPResponseHeadParser()
                var position = 0
                _ = try? parser.parse(changed.span, &position)
                #expect(position <= changed.count)
            }
        }
    }
}
