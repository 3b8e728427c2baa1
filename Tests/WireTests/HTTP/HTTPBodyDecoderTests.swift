import TestSupport
import Testing
import Wire

@Suite("The HTTP body decoder")
struct HTTPBodyDecoderTests {
    private func decode(
        _ pieces: [[UInt8]], _ framing: HTTPRequestHead.Framing = .chunked, limit: Int = 1000
    ) -> DecodedBody {
        DecodedBody(pieces, framing, limit: limit)
    }

    private func decode(
        _ text: String, _ framing: HTTPRequestHead.Framing = .chunked, limit: Int = 1000
    ) -> DecodedBody {
        decode([Array(text.utf8)], framing, limit: limit)
    }

    // MARK: By length

    @Test("takes as many bytes as the length says and leaves the rest")
    func length() {
        #expect(
            decode("hello, GET /", .length(5))
                == DecodedBody(body: Array("hello".utf8), isComplete: true, used: 5))
        #expect(
            decode("hell", .length(5)) == DecodedBody(body: Array("hell".utf8), isComplete: false, used: 4))
        #expect(decode("GET /", .length(0)) == DecodedBody(body: [], isComplete: true, used: 0))
        #expect(decode([[], []], .length(0)).isComplete)
    }

    @Test("refuses a length over the limit before anything has come")
    func lengthLimit() {
        #expect(decode("", .length(1000)).error == nil)
        #expect(decode("", .length(1001)).error?.status == .contentTooLarge)
        #expect(decode("", .length(1001)).error?.message.contains("1000 bytes") == true)
        #expect(decode("", .length(.max), limit: 10).error?.status == .contentTooLarge)
        #expect(decode("", .length(0), limit: 0).isComplete)
    }

    // MARK: Chunked

    @Test(
        "joins chunks",
        arguments: [
            ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
            ("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
            ("A\r\n0123456789\r\n00\r\n\r\n", "0123456789"), ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
            ("000000000000005\r\nhello\r\n000\r\n\r\n", "hello"), ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
            ("3;name=value\r\nabc\r\n0;last\r\n\r\n", "abc"),
            ("3;a;b=\"c;\u{9}d\"\r\nabc\r\n0\r\n\r\n", "abc"),
            ("3\r\nabc\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", "abc"), ("0\r\nA: b\r\n\r\n", ""),
        ])
    func chunks(_ text: String, _ body: String) {
        let wanted = DecodedBody(body: Array(body.utf8), isComplete: true, used: text.utf8.count)
        #expect(decode(text) == wanted)
        #expect(decode(text + "GET / HTTP/1.1\r\n") == wanted)
        #expect(decode(text.utf8.map { [$0] }) == wanted)
    }

    @Test("is not complete before its last byte")
    func incomplete() {
        let bytes = Array("3;a=b\r\nabc\r\n0\r\nTrailer: x\r\n\r\n".utf8)
        for count in 0..<bytes.count {
            let outcome = decode([Array(bytes[..<count])])
            #expect(!outcome.isComplete && outcome.error == nil)
        }
    }

    @Test(
        "refuses malformed chunks with 400",
        arguments: [
            "\r\n", "g\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "-1\r\n", "+1\r\n", "0x5\r\nhello\r\n",
            ";a\r\n",
            "5\nhello\r\n", "5\rhello\r\n", "5\r\nhello\n", "5\r\nhello0\r\n\r\n", "5\r\nhell\r\n0\r\n\r\n",
            "5\r\nhelloo\r\n", "5;a\nhello", "5;a\u{0}\r\nhello", "5;\u{7F}\r\nhello", "5;a\rhello",
            "0\r\n\n",
            "0\r\n\rx", "0\r\nA: b\n\r\n", "0\r\nA: b\r\r\n", "5\r\nhello\r\r\n", "1\u{0}\r\na", "é\r\n",
        ])
    func malformed(_ text: String) {
        let error = decode(text).error
        #expect(error?.status == .badRequest)
        #expect(error?.message.isEmpty == false)
    }

    @Test("counts the limit over all chunks, and refuses a chunk before it has come")
    func chunkLimit() {
        #expect(decode("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n", limit: 10).isComplete)
        #expect(decode("5\r\nhello\r\n6\r\n", limit: 10).error?.status == .contentTooLarge)
        #expect(decode("b\r\n", limit: 10).error?.status == .contentTooLarge)
        #expect(decode("0\r\n\r\n", limit: 0).isComplete)
        #expect(decode("1\r\n", limit: 0).error?.status == .contentTooLarge)
    }

    @Test(
        "refuses sizes that no number holds",
        arguments: [
            "7fffffffffffffff", "ffffffffffffffff", "10000000000000000", "fffffffffffffff",
            "0000000000000000",
        ])
    func hugeChunks(_ size: String) {
        #expect(
            decode(size + "\r\n", limit: .max - 1).error?.status
                == (size == "fffffffffffffff" ? nil : .contentTooLarge))
        #expect(decode(size + "\r\n").error?.status == .contentTooLarge)
    }

    @Test("reads over 4096 bytes of extensions and trailers together, and no more")
    func overhead() {
        // The extension's CR and the two of the trailer section's end count too.
        let extensionBytes = String(repeating: "x", count: 2000)
        func text(_ trailer: Int) -> String {
            "1;\(extensionBytes)\r\na\r\n0\r\n\(String(repeating: "y", count: trailer))\r\n\r\n"
        }
        let room = HTTPBodyDecoder.maximumOverhead - 2000 - 1 - 2
        #expect(decode(text(room)).isComplete)
        #expect(decode(text(room + 1)).error?.status == .requestHeaderFieldsTooLarge)
        let many =
            String(repeating: "0;\(extensionBytes)\r\n", count: 1)
            + String(repeating: "A: b\r\n", count: 2000)
        #expect(decode(many).error?.status == .requestHeaderFieldsTooLarge)
    }

    @Test("stays complete")
    func afterTheEnd() throws {
        var decoder = try HTTPBodyDecoder(.chunked, limit: 10)
        let bytes = Array("0\r\n\r\nnext".utf8)
        var position = 0
        #expect(try decoder.next(bytes.span, &position))
        #expect(try decoder.next(bytes.span, &position))
        #expect(position == 5)
    }

    @Test("gathers the same however the bytes are cut")
    func splits() {
        let bytes = Array("3;a=b\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nGET".utf8)
        let whole = decode([bytes])
        #expect(whole.isComplete)
        for cut in 0...bytes.count {
            #expect(decode([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
            #expect(
                decode([Array(bytes[..<cut]), Array(bytes[cut...])], .length(20))
                    == decode([bytes], .length(20)))
        }
    }
}
