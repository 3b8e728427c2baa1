import Foundation
import TestSupport
import Testing
import Wire

@Suite("Base64")
struct Base64Tests {
    private func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        Base64.append(bytes.span, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    @Test(
        "encodes and decodes the examples of RFC 4648 section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func examples(_ plain: String, _ encoded: String) {
        #expect(encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(Array(encoded.utf8).span) == Array(plain.utf8))
    }

    @Test("encodes as Foundation does, and decodes what it encoded")
    func roundTrips() {
        var generator = SeededGenerator(seed: 64)
        for count in 0..<200 {
            let bytes = generator.bytes(count)
            let text = encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.decode(Array(text.utf8).span) == bytes)
        }
        #expect(encode(Array(0...255)) == Data(0...255).base64EncodedString())
    }

    @Test("appends")
    func appends() {
        var text = Array("data:".utf8)
        Base64.append([1, 2, 3].span, to: &text)
        #expect(text == Array("data:AQID".utf8))
    }

    @Test(
        "refuses what is not canonical",
        arguments: [
            "A", "AA", "AAA", "AA=", "A===", "====", "AA=A", "=AAA", "AAAA=", "AAAA====", "AA==AAAA",
            "AAA=AAAA",
            "Zh==", "Zm9=", "AA A", "AAA\n", "AA-_", "ÄAA", "AAA\0",
        ])
    func refused(_ text: String) {
        #expect(Base64.decode(Array(text.utf8).span) == nil)
    }

    @Test("decodes any bytes as Foundation does, where the form is canonical")
    func fuzz() throws {
        let seeds = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYmFyZm9vYmFy+/+/", "AAECAwQFBgcICQ=="].map {
            Array($0.utf8)
        }
        try Fuzz.run(20_000, seeds: seeds) { input, _ in
            let text = String(decoding: input, as: UTF8.self)
            // Foundation also takes forms that no encoder makes, with stray bits before the padding.
            let theirs = Data(base64Encoded: Data(input)).flatMap {
                $0.base64EncodedString() == text ? $0 : nil
            }
            return Base64.decode(input.span) == theirs.map(Array.init)
                ? nil : "Foundation decodes it otherwise"
        }
    }
}
