import Foundation

/// Feeds a check with a corpus that is the same in every run: valid seeds, mutated seeds, random bytes.
///
/// Case n depends on n alone, so a failure is found again by its number. With `FUZZ_SECONDS` in the environment each run
/// goes on for that many seconds instead of its count.
public enum Fuzz {
    public struct Failure: Error, CustomStringConvertible {
        public let number: Int
        public let input: [UInt8]
        public let reason: String

        public var description: String {
            "case \(number): \(reason)\ninput: \(input)\nas text: \(String(decoding: input, as: UTF8.self).debugDescription)"
        }
    }

    /// - Parameters:
    ///   - count: how many inputs.
    ///   - check: gets an input and random numbers of its own; says what is wrong, or `nil`.
    /// - Throws: the first `Failure`.
    public static func run(
        _ count: Int, seeds: [[UInt8]], _ check: ([UInt8], inout SeededGenerator) throws -> String?
    ) throws {
        let seconds = ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap(Double.init)
        let clock = ContinuousClock()
        let end = seconds.map { clock.now + .seconds($0) }
        var number = 0
        while end.map({ number & 0xFF != 0 || clock.now < $0 }) ?? (number < count) {
            var generator = SeededGenerator(seed: UInt64(number) &* 0x2545_F491_4F6C_DD1D)
            let input = number < seeds.count ? seeds[number] : input(from: seeds, &generator)
            do {
                if let reason = try check(input, &generator) {
                    throw Failure(number: number, input: input, reason: reason)
                }
            } catch let failure as Failure {
                throw failure
            } catch {
                throw Failure(number: number, input: input, reason: "unexpected error: \(error)")
            }
            number += 1
        }
    }

    private static func input(from seeds: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
        if generator.isOne(in: 16) { return generator.bytes(generator.number(0..<64)) }
        var bytes = generator.pick(seeds)
        for _ in 0..<(1 + generator.number(0..<4)) { mutate(&bytes, seeds, &generator) }
        return bytes
    }

    /// Bytes that mean something to one of the decoders.
    private static let telling =
        Array("\"\\{}[]:,u0-.eE+%&=;/?#* \t\r\n".utf8) + [
            0x00, 0x1F, 0x7F, 0x80, 0x81, 0x82, 0x88, 0x89, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF4, 0xFE, 0xFF,
        ]

    private static func mutate(
        _ bytes: inout [UInt8], _ seeds: [[UInt8]], _ generator: inout SeededGenerator
    ) {
        let index = bytes.isEmpty ? 0 : generator.number(0..<bytes.count)
        let end = min(bytes.count, index + 1 + generator.number(0..<8))
        switch generator.number(0..<9) {
        case 0 where !bytes.isEmpty: bytes[index] ^= 1 << UInt8(generator.number(0..<8))
        case 1 where !bytes.isEmpty: bytes[index] = generator.byte()
        case 2 where !bytes.isEmpty: bytes[index] = generator.pick(telling)
        case 3: bytes.insert(generator.pick(telling), at: index)
        case 4: bytes.removeSubrange(index..<end)
        case 5: bytes.insert(contentsOf: Array(bytes[index..<end]), at: index)
        case 6: bytes.removeSubrange(index...)
        case 7: bytes.insert(contentsOf: generator.pick(seeds), at: index)
        default: bytes.insert(contentsOf: generator.bytes(generator.number(0..<4)), at: index)
        }
    }
}
