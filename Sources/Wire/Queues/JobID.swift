/// Names one lease of one job: the job's number and which attempt it is, written `1763694000123456-1`.
///
/// Who has it may say what becomes of the job, from any connection, until the lease ends.
public struct JobID: Hashable, Sendable {
    /// Lua, which counts them, knows whole numbers up to here.
    public static let maximumNumber: UInt64 = 1 << 53

    public let number: UInt64
    /// From 1.
    public let attempt: Int

    public init(number: UInt64, attempt: Int) {
        self.number = number
        self.attempt = attempt
    }

    /// `nil` for anything that is not written as `description` writes it.
    public init?(_ text: Span<UInt8>) {
        guard let dash = text.indices.first(where: { text[$0] == UInt8(ascii: "-") }),
            let number = Self.number(text.extracting(0..<dash)), number <= Self.maximumNumber,
            let attempt = Self.number(text.extracting((dash + 1)..<text.count)), attempt <= UInt32.max
        else { return nil }
        self.init(number: number, attempt: Int(attempt))
    }

    /// At most 16 digits, the first no zero.
    private static func number(_ digits: Span<UInt8>) -> UInt64? {
        guard (1...16).contains(digits.count), digits[0] != UInt8(ascii: "0") else { return nil }
        var value: UInt64 = 0
        for index in digits.indices {
            guard digits[index] >= UInt8(ascii: "0"), digits[index] <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + UInt64(digits[index] - UInt8(ascii: "0"))
        }
        return value
    }
}

extension JobID: CustomStringConvertible {
    public var description: String { "\(number)-\(attempt)" }
}
