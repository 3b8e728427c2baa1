import TestSupport
import Testing
import Wire

struct Base64URLTests {
    private func decode(_ text: String) -> [UInt8]? { Base64URL.decode(Array(text.utf8).span) }

    @Test(
        "the examples of RFC 4648 and RFC 7515 are read and written",
        arguments: [
            ("", []), ("Zg", [0x66]), ("Zm8", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]),
            ("-_8", [0xFB, 0xFF]),
            ("A-z_4ME", [3, 236, 255, 224, 193]),
        ] as [(String, [UInt8])])
    func examples(text: String, bytes: [UInt8]) {
        #expect(decode(text) == bytes)
        var written: [UInt8] = []
        Base64URL.append(bytes.span, to: &written)
        #expect(String(decoding: written, as: UTF8.self) == text)
    }

    @Test(
        "other forms of the same bytes are refused",
        arguments: ["Zg==", "Zh", "Zm9", "+_8", "-/8", "Z", "Zm9vY", "Zm 9", "Zg=", "é"])
    func refused(text: String) {
        #expect(decode(text) == nil)
    }

    @Test("whatever is read is written the same way")
    func canonical() throws {
        try Fuzz.run(3_000, seeds: ["Zm9v", "A-z_4ME", ""].map { Array($0.utf8) }) { text, _ in
            guard let bytes = Base64URL.decode(text.span) else { return nil }
            var written: [UInt8] = []
            Base64URL.append(bytes.span, to: &written)
            return written == text ? nil : "was written as \(written)"
        }
    }
}
