import TestSupport
import Testing

@Suite("A file of seeds")
struct SeedTests {
    private func bytes(_ text: String, _ notation: SeedNotation) throws -> [[UInt8]] {
        try Seed.parse(text, notation).map(\.bytes)
    }

    @Test("has titles, and comments before the first")
    func titles() throws {
        let seeds = try Seed.parse("about\nthese\n=== one\na\n\nb\n=== two\n=== three\n\n", .text)
        #expect(seeds.map(\.title) == ["one", "two", "three"])
        #expect(seeds.map(\.bytes) == [Array("a\n\nb".utf8), [], []])
    }

    @Test("has bytes that are escaped, over as many lines as are easy to read")
    func escaped() throws {
        #expect(try bytes("=== x\na\\r\\n\n\\x80\\\\\\t\n", .escaped) == [[0x61, 13, 10, 0x80, 0x5C, 9]])
        for wrong in ["\\", "\\x8", "\\xgg", "\\q"] {
            #expect(throws: Seed.Problem.self) { try bytes("=== x\n\(wrong)\n", .escaped) }
        }
    }

    @Test("has WebSocket frames, a line each")
    func frames() throws {
        let text = "=== x\ntext- h\u{E9}\nping\nrsv=4 form=8 length=7 opcode=3 \\x01\nclose 1000 by e\n"
        #expect(
            try bytes(text, .frames(isMasked: false)) == [
                [0x01, 3, 0x68, 0xC3, 0xA9, 0x89, 0] + [0xC3, 127, 0, 0, 0, 0, 0, 0, 0, 7, 1]
                    + [0x88, 6, 3, 0xE8, 0x62, 0x79, 0x20, 0x65]
            ])
        #expect(throws: Seed.Problem.self) { try bytes("=== x\nnothing\n", .frames(isMasked: true)) }
    }
}
