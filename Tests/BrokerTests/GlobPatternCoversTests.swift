import Broker
import TestSupport
import Testing

@Suite("GlobPattern.covers")
struct GlobPatternCoversTests {
    private func covers(_ outer: String, _ inner: String) -> Bool {
        GlobPattern.covers(Array(outer.utf8).span, Array(inner.utf8).span)
    }

    @Test(
        "a pattern covers those that match nothing else",
        arguments: [
            ("*", "*"), ("*", "room:*"), ("*", "room:1"), ("*", "?[a-z]*"), ("room:*", "room:*"),
            ("room:*", "room:1*"), ("room:*", "room:*:x"), ("room:*", "room:"), ("room:*", "room:?"),
            ("room:?", "room:[ab]"), ("room:[a-z]", "room:[b-d]"), ("room:[^a]", "room:[bc]"),
            ("*a*", "*xay*"), ("a**b", "a*b"), ("\\*", "\\*"), ("r[o]om", "room"), ("room", "r[o]om"),
            ("[a-c", "[abc]"), ("*:*", "user:*:inbox"),
        ])
    func examples(outer: String, inner: String) {
        #expect(covers(outer, inner))
    }

    @Test(
        "a pattern that could match another name is not covered",
        arguments: [
            ("room:*", "*"), ("room:*", "room*"), ("room:*", "?oom:*"), ("room:1", "room:*"),
            ("room:1", "room:?"),
            ("room:?", "room:*"), ("room:[a-y]", "room:[a-z]"), ("\\*", "*"), ("room:*", "[rq]oom:1"),
            ("a*b", "a*"),
            ("a", "ab"), ("ab", "a"), ("*a", "*"), ("?*", "*"), ("x", ""), ("[", "a"), ("a[", "a"),
            ("room:[^a]", "room:?"),
        ])
    func counterexamples(outer: String, inner: String) {
        #expect(!covers(outer, inner))
    }

    @Test("a star covers any number of whatever there is, however long")
    func long() {
        let pattern = String(repeating: "a*", count: 127) + "b"
        #expect(covers(pattern, pattern + ""))
        #expect(covers("*", pattern))
        #expect(!covers(pattern, "*"))
    }

    @Test("what is said to be covered is: no name matches the inner pattern and not the outer one")
    func sound() throws {
        let seeds = [
            "*", "a*", "*a", "a?b", "[ab]*", "[^a]b", "a[b-c]*", "\\*a", "a\\", "[", "a[^", "ab", "**", "?*",
            "*b*a",
            "[a-", "[]a]", "[^]]",
        ].map { Array($0.utf8) }
        let alphabet: [UInt8] = Array("ab*?[]^-\\".utf8) + [0x80, 0xFF]
        var proven = 0
        try Fuzz.run(6_000, seeds: seeds) { input, random in
            var outer =
                random.isOne(in: 2)
                ? random.pick(seeds) : (0..<random.number(0..<5)).map { _ in random.pick(alphabet) }
            let inner = Array(input.prefix(8))
            if random.isOne(in: 4) { outer = inner + outer }
            guard GlobPattern.covers(outer.span, inner.span) else { return nil }
            proven += 1
            for _ in 0..<60 {
                // Names that look like the patterns, so that many match.
                var name = Array((random.isOne(in: 2) ? inner : outer).prefix(6))
                for _ in 0..<random.number(0..<4) where !name.isEmpty {
                    name[random.number(0..<name.count)] =
                        random.isOne(in: 3) ? random.byte() : random.pick(alphabet)
                }
                name += (0..<random.number(0..<3)).map { _ in random.pick(alphabet) }
                if GlobPattern.matches(inner.span, name.span), !GlobPattern.matches(outer.span, name.span) {
                    return "\(outer) does not match \(name)"
                }
            }
            return nil
        }
        #expect(proven > 100)
    }
}
