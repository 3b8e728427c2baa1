import Testing
import Wire

@Suite("A channel name")
struct ChannelNameTests {
    private func error(of bytes: [UInt8]) -> ChannelNameError? {
        do throws(ChannelNameError) {
            _ = try ChannelName(validating: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "may be any text",
        arguments: [
            "chat", "news.sport", "room:42", " ", "a b", "\"\\", "naïve", "\u{A0}", "日本語", "😀", "*", "roost",
            "Roost:",
            "xroost:", "a/b", "%41", "\u{FFFE}", "\u{10FFFF}",
        ])
    func accepted(_ text: String) throws {
        let name = try ChannelName(validating: text)
        #expect(name.bytes == Array(text.utf8))
        #expect(name.description == text)
    }

    @Test("has 1 to 255 bytes")
    func length() {
        #expect(error(of: []) == .empty)
        #expect(error(of: [0x61]) == nil)
        #expect(error(of: [UInt8](repeating: 0x61, count: 255)) == nil)
        #expect(error(of: [UInt8](repeating: 0x61, count: 256)) == .tooLong(256))
        // 128 characters, 256 bytes.
        #expect(error(of: Array(String(repeating: "é", count: 128).utf8)) == .tooLong(256))
    }

    @Test("is UTF-8")
    func utf8() {
        for bytes in [[0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]] {
            #expect(error(of: bytes) == .notUTF8)
        }
    }

    @Test("has no control character: C0, DEL, C1")
    func controlCharacters() {
        for scalar in Array(0...0x1F) + Array(0x7F...0x9F) as [UInt32] {
            let text = "a" + (Unicode.Scalar(scalar).map { String($0) } ?? "") + "b"
            #expect(error(of: Array(text.utf8)) == .controlCharacter)
        }
        // Continuation bytes in that range belong to other characters: U+0100, U+0400, U+4080.
        for text in ["\u{100}", "\u{400}", "\u{4080}", "\u{C2}\u{A0}", "Ã\u{A9}"] {
            #expect(error(of: Array(text.utf8)) == nil)
        }
    }

    @Test("may not begin with what is reserved")
    func reserved() {
        #expect(error(of: Array("roost:".utf8)) == .reserved)
        #expect(error(of: Array("roost:{chat}:history".utf8)) == .reserved)
    }

    @Test("is compared byte for byte, not as Unicode would")
    func comparison() throws {
        let composed = try ChannelName(validating: "\u{E9}")
        let decomposed = try ChannelName(validating: "e\u{301}")
        #expect(composed.description == decomposed.description)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(try composed == ChannelName(validating: [0xC3, 0xA9]))
        #expect(Topic.channel(composed) != Topic.pattern(composed))
        #expect(Topic.channel(composed).description == "\u{E9}")
    }

    @Test(
        "is refused with words that say what is wrong and what is accepted",
        arguments: [
            (.empty, "empty"), (.tooLong(300), "300 bytes"), (.notUTF8, "not valid UTF-8"),
            (.controlCharacter, "has a control character"),
        ] as [(ChannelNameError, String)])
    func descriptions(_ error: ChannelNameError, _ words: String) {
        #expect(error.description.contains(words))
        #expect(error.description.contains("1 to 255 bytes of UTF-8"))
    }

    @Test("is refused as reserved with the prefix named")
    func reservedDescription() {
        #expect(ChannelNameError.reserved.description.contains("'roost:'"))
    }
}
