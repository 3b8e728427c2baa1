import TestSupport

/// A decoder of bytes that come from outside, and what must hold whatever they are.
///
/// The unit tests feed it with its seeds and with mutations of them; libFuzzer with whatever reaches code that nothing has
/// reached before (`Driver/`).
struct FuzzTarget: Sendable {
    /// Says what is wrong, or `nil`. Must do the same for the same input and numbers. That it returns at all is most of
    /// it: it must not trap.
    typealias Check = @Sendable ([UInt8], inout SeededGenerator) throws -> String?

    /// Names its file in `Corpus` too.
    let name: String
    /// How many inputs the unit tests try.
    let count: Int
    let notation: SeedNotation
    let check: Check

    init(_ name: String, count: Int = 10_000, notation: SeedNotation = .text, check: @escaping Check) {
        self.name = name
        self.count = count
        self.notation = notation
        self.check = check
    }

    /// One input, as libFuzzer has it: the numbers depend on it alone.
    /// - Returns: what is wrong, or `nil`.
    func run(_ input: [UInt8]) -> String? {
        var generator = SeededGenerator(seed: Self.hash(input))
        do {
            return try check(input, &generator)
        } catch {
            return "unexpected error: \(error)"
        }
    }

    /// FNV-1a, 64 bits.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

extension FuzzTarget: CustomStringConvertible {
    var description: String { name }
}
