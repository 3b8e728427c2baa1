import EventLoop
import Testing

@testable import Bench

@Suite struct RedisTests {
    @Test("replies are counted, however they are split")
    func replies() {
        let bytes = Array("+OK\r\n:1\r\n:12\r\n".utf8)
        for size in 1...bytes.count {
            var replies = RedisReplies()
            for start in stride(from: 0, to: bytes.count, by: size) {
                replies.take(Array(bytes[start..<min(start + size, bytes.count)]).span)
            }
            #expect(replies.count == 3)
            #expect(replies.error == nil)
        }
    }

    @Test("the first error's words are kept")
    func error() {
        var replies = RedisReplies()
        replies.take(Array(":1\r\n-NOAUTH Authentication req".utf8).span)
        #expect(replies.error == nil)
        replies.take(Array("uired.\r\n-ERR other\r\n".utf8).span)
        #expect(replies.error == "NOAUTH Authentication required.")
        #expect(replies.count == 3)
    }

    @Test("addresses")
    func addresses() throws {
        #expect(try RedisAddress(parsing: "redis://h").endpoint == .tcp(host: "h", port: 6379))
        #expect(try RedisAddress(parsing: "redis://h:7000/2").endpoint == .tcp(host: "h", port: 7000))
        #expect(try RedisAddress(parsing: "redis://[::1]:7000").endpoint == .tcp(host: "::1", port: 7000))
        #expect(try RedisAddress(parsing: "redis://[::1]").endpoint == .tcp(host: "::1", port: 6379))
        #expect(try RedisAddress(parsing: "unix:/run/r.sock").endpoint == .unix(path: "/run/r.sock"))
        let secret = try RedisAddress(parsing: "redis://:p@ss@h")
        #expect(secret.password == "p@ss")
        #expect(secret.user == nil)
        #expect(try RedisAddress(parsing: "redis://u:p@h").user == "u")
    }

    @Test(
        "other addresses are refused",
        arguments: ["", "h:1", "rediss://h", "redis://", "redis://h:x", "redis://h:0", "redis://p@h"])
    func refused(_ text: String) {
        #expect(throws: BenchError.self) { try RedisAddress(parsing: text) }
    }
}
