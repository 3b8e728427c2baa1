import TestSupport
import Testing
import Wire

@Suite("The UTF-8 validator agrees with Swift's own")
struct UTF8ValidatorTests {
    private func isValid(_ bytes: [UInt8]) -> Bool { UTF8Validator.isValid(bytes.span) }

    /// The first input of which the two think differently.
    private func firstDifference(_ inputs: some Sequence<[UInt8]>) -> [UInt8]? {
        inputs.first { isValid($0) != (String(validating: $0, as: UTF8.self) != nil) }
    }

    /// Every byte at which a rule of RFC 3629 changes, and one from between.
    private let borders: [UInt8] = [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF,
        0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]

    @Test("on every sequence of up to two bytes")
    func shortSequences() {
        #expect(isValid([]))
        let bytes = UInt8.min...UInt8.max
        #expect(firstDifference(bytes.lazy.map { [$0] }) == nil)
        #expect(firstDifference(bytes.lazy.flatMap { first in bytes.lazy.map { [first, $0] } }) == nil)
    }

    @Test("on every sequence of three bytes from the borders of the rules")
    func threeBytes() {
        let inputs = borders.lazy.flatMap { first in
            borders.lazy.flatMap { second in borders.lazy.map { [first, second, $0] } }
        }
        #expect(firstDifference(inputs) == nil)
    }

    @Test("on four bytes with every leader of four")
    func fourBytes() {
        let leaders: [UInt8] = [0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5]
        let inputs = leaders.lazy.flatMap { first in
            borders.lazy.flatMap { second in
                borders.lazy.flatMap { third in borders.lazy.map { [first, second, third, $0] } }
            }
        }
        #expect(firstDifference(inputs) == nil)
    }

    @Test("on the first and last character of each length, cut anywhere and with something behind")
    func characters() {
        let scalars: [UInt32] = [
            0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF,
        ]
        for scalar in scalars.compactMap(Unicode.Scalar.init) {
            let bytes = Array(String(scalar).utf8)
            #expect(isValid(bytes))
            for count in 1..<max(bytes.count, 1) {
                let cut = Array(bytes.prefix(count))
                #expect(!isValid(cut))
                #expect(!isValid(cut + [0x61]))
                #expect(!isValid(cut + bytes))
            }
        }
    }

    @Test(
        "on overlong forms, surrogates and what lies beyond U+10FFFF",
        arguments: [
            [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func refused(_ bytes: [UInt8]) {
        #expect(!isValid(bytes))
        #expect(firstDifference([bytes]) == nil)
    }

    @Test("on mutated text")
    func fuzz() throws {
        let seeds = ["plain", "Grüße", "κόσμε", "中文字", "😀👩‍👩‍👧", "a\u{7FF}\u{FFFF}\u{10FFFF}z"].map {
            Array($0.utf8)
        }
        try Fuzz.run(40_000, seeds: seeds) { input, _ in
            firstDifference([input]).map { _ in "Swift's own validator says otherwise" }
        }
    }
}
