import Testing
import Wire

@testable import Access

struct APIKeyTests {
    private func find(_ key: String, _ rules: [APIKeyRule]) -> String? {
        APIKeyRule.find(Array(key.utf8).span, among: rules)?.name
    }

    private func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        ConstantTime.equal(left.span, right.span)
    }

    @Test("a key is found by its hash, and another is not")
    func find() throws {
        let keys = (0..<3).map { _ in APIKey() }
        let rules = keys.enumerated().map {
            APIKeyRule(name: "\($0)", hash: $1.hash, permissions: .nothing)
        }
        #expect(Set(keys.map(\.text)).count == 3)
        for (index, key) in keys.enumerated() {
            #expect(key.text.hasPrefix("roost_") && key.text.utf8.count == 6 + 43)
            #expect(find(key.text, rules) == "\(index)")
            #expect(find(key.text + "x", rules) == nil)
            #expect(APIKeyHash("\(key.hash)") == key.hash)
        }
    }

    @Test(
        "what is no hash is refused",
        arguments: ["", "sha256:", "sha256:00", "md5:00", String(repeating: "0", count: 64)])
    func refused(text: String) { #expect(APIKeyHash(text) == nil) }

    @Test("two byte strings are equal only if every byte is")
    func constantTime() {
        let bytes = (0..<64).map { UInt8($0) }
        #expect(equal(bytes, bytes))
        #expect(!equal(bytes, Array(bytes.dropLast())))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            #expect(!equal(bytes, other))
        }
        #expect(equal([], []))
    }
}
