import Broker
import TestSupport
import Testing

@Suite("GlobPattern")
struct GlobPatternTests {
    private func matches(_ pattern: String, _ name: String) -> Bool {
        GlobPattern.matches(Array(pattern.utf8).span, Array(name.utf8).span)
    }

    @Test(
        "matches as Redis does",
        arguments: [
            ("news.*", "news.sport", true), ("news.*", "news.", true), ("news.*", "news", false),
            ("*", "anything", true), ("**", "x", true), ("h?llo", "hello", true), ("h?llo", "hllo", false),
            ("h[ae]llo", "hallo", true), ("h[ae]llo", "hillo", false), ("h[^e]llo", "hello", false),
            ("h[^e]llo", "hallo", true), ("h[a-c]llo", "hbllo", true), ("h[c-a]llo", "hbllo", true),
            ("h\\*llo", "h*llo", true), ("h\\*llo", "hxllo", false), ("[\\]]", "]", true),
            ("*a*b*c", "xaxxbxxxc", true), ("*a*b*c", "xaxxcxxxb", false), ("", "x", false),
            ("a", "ab", false),
            ("\\", "\\", true), ("[abc", "b", true), ("[abc", "d", false), ("[^", "x", true),
            ("[", "x", false),
            ("a[", "a", false), ("[a-]", "-", false), ("é*", "éa", true),
        ])
    func examples(pattern: String, name: String, expected: Bool) {
        #expect(matches(pattern, name) == expected)
    }

    @Test("a pattern that makes backtracking matchers take for ever is answered at once")
    func hostile() {
        let pattern = String(repeating: "a*", count: 120) + "b"
        #expect(!matches(pattern, String(repeating: "a", count: 255)))
        #expect(matches(pattern, String(repeating: "a", count: 254) + "b"))
    }

    @Test("thousands of random patterns and names get Redis' own answer")
    func likeRedis() throws {
        let server = try RedisServer()
        let client = try BlockingRedisClient(port: server.port)
        defer { client.close() }
        var random = SeededGenerator(seed: 42)
        let alphabet: [UInt8] = Array("aab*?[]^-\\".utf8) + [0x80, 0xFF]
        func bytes(_ length: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: length, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
        }
        for _ in 0..<60 {
            // One round: many names, each the name of a key; then patterns, each asked with KEYS.
            let names = Set((0..<100).map { _ in bytes(1...6) })
            try client.command([Array("FLUSHALL".utf8)])
            for name in names { try client.command([Array("SET".utf8), name, []]) }
            for _ in 0..<60 {
                let pattern = bytes(1...8)
                let found = Set(try client.command([Array("KEYS".utf8), pattern]))
                let ours = names.filter { GlobPattern.matches(pattern.span, $0.span) }
                #expect(found == ours, "pattern \(pattern)")
            }
        }
    }
}
