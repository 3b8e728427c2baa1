import TestSupport
import Testing
import Wire

@testable import Redis

@Suite("RESP")
struct RespReaderTests {
    /// What a reply says, for comparison.
    private func text(_ reply: borrowing RespReply) -> String {
        if let error = reply.error { return "error \(error)" }
        if reply.count > 0 {
            return (0..<reply.count).map { index in
                reply.withBytes(of: index) { String(decoding: [UInt8](copying: $0), as: UTF8.self) }
            }.joined(separator: "|")
        }
        return reply.withBytes { String(decoding: [UInt8](copying: $0), as: UTF8.self) }
    }

    private func read(_ chunks: [[UInt8]]) throws -> [String] {
        let reader = RespReader()
        var found: [String] = []
        for chunk in chunks {
            try reader.feed(chunk.span)
            while try reader.next({ found.append(text($0)) }) {}
        }
        return found
    }

    private let replies = Array(
        "+OK\r\n-ERR no\r\n:12\r\n$5\r\nhello\r\n$0\r\n\r\n$-1\r\n*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$4\r\na\r\nb\r\n*-1\r\n*0\r\n"
            .utf8)
    private let expected = ["OK", "error ERR no", "", "hello", "", "", "message|c|a\r\nb", "", ""]

    @Test("replies of all kinds are read, however they are cut up")
    func pieces() throws {
        #expect(try read([replies]) == expected)
        #expect(try read(replies.map { [$0] }) == expected)
        for cut in 1..<replies.count {
            #expect(try read([Array(replies[..<cut]), Array(replies[cut...])]) == expected)
        }
    }

    @Test(
        "what is not RESP is an error, not a crash",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n", "\r\n", "$-2\r\n", "$x\r\n", "*-2\r\n", "*x\r\n",
            "*99999999999\r\n",
            "$99999999999999999999\r\n", ":x\r\n:9\r\n$", "*2147483647\r\n", "*1048577\r\n",
            "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "%1\r\n+a\r\n+b\r\n",
            ">2\r\n+a\r\n+b\r\n",
        ])
    func malformed(_ bytes: String) throws {
        #expect(throws: RespError.self) {
            let reader = RespReader()
            try reader.feed(Array(bytes.utf8).span)
            while try reader.next({ _ in }) {}
        }
    }

    @Test("arrays within arrays share one limit of elements, which the next reply has anew")
    func elementLimit() throws {
        let quarter = RespReader.maximumElements / 4
        func nested(_ count: Int) -> String {
            "*\(count)\r\n"
                + String(
                    repeating: "*\(quarter)\r\n" + String(repeating: ":1\r\n", count: quarter), count: count)
        }
        #expect(try read([Array(nested(3).utf8), Array(nested(3).utf8)]).count == 2)
        #expect(throws: RespError.self) { try read([Array(nested(4).utf8)]) }
    }

    @Test("a reply that is too long is given up before it is whole")
    func byteLimit() throws {
        let reader = RespReader()
        try reader.feed(Array("$\(RespReader.maximumReply * 2)\r\n".utf8).span)
        let piece = [UInt8](repeating: 0x78, count: 1 << 20)
        var fed = 0
        #expect(throws: RespError.self) {
            while fed < 2 * RespReader.maximumReply {
                try reader.feed(piece.span)
                while try reader.next({ _ in }) {}
                fed += piece.count
            }
        }
        #expect(fed <= RespReader.maximumReply)
    }

    @Test("thousands of damaged and random inputs do no harm", arguments: 0..<20)
    func fuzz(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("+-:$*%>0123456789\r\n\r\n\r\nabc".utf8)
        for _ in 0..<500 {
            var input: [UInt8]
            if Bool.random(using: &random) {
                // Something right, with a few bytes wrong.
                input = replies
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let index = Int.random(in: 0..<input.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: input[index] = UInt8.random(in: 0...255, using: &random)
                    case 1: input.remove(at: index)
                    default:
                        input.insert(alphabet[Int.random(in: 0..<alphabet.count, using: &random)], at: index)
                    }
                }
            } else {
                input = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                }
            }
            let reader = RespReader()
            var rest = input[...]
            do throws(RespError) {
                while !rest.isEmpty {
                    let piece = Array(rest.prefix(Int.random(in: 1...40, using: &random)))
                    rest = rest.dropFirst(piece.count)
                    try reader.feed(piece.span)
                    while try reader.next({ _ = text($0) }) {}
                }
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test("commands are written as Redis reads them, any bytes included")
    func writing() throws {
        var bytes: [UInt8] = []
        RespWriter.append([Array("SET".utf8), [], [0, 13, 10, 255]], to: &bytes)
        #expect(bytes == Array("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\n".utf8) + [0, 13, 10, 255, 13, 10])
    }

    @Test("the fast PUBLISH is the same as the formatter's", arguments: [0, 1, 9, 10, 99, 100, 65_536])
    func publishWriter(size: Int) {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        var (fast, general): ([UInt8], [UInt8]) = ([1], [1])
        PublishWriter.append(
            prefix: Array("p:".utf8), channel: Array("chat".utf8).span, payload: payload.span, to: &fast)
        RespWriter.append([Array("PUBLISH".utf8), Array("p:chat".utf8), payload], to: &general)
        #expect(fast == general)
    }
}
