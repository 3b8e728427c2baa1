import Crypto
import Wire

/// What the configuration holds of an API key: `sha256:` and 64 hexadecimal digits.
///
/// A plain hash is enough, since nobody can try 32 random bytes.
public struct APIKeyHash: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    private static let prefix = "sha256:"

    public init(of key: [UInt8]) { bytes = Array(SHA256.hash(data: key)) }

    /// - Returns: `nil` if the text is not as `description` writes it.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let digits = Array(text.utf8.dropFirst(Self.prefix.utf8.count))
        guard digits.count == 2 * SHA256.byteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    public var description: String {
        Self.prefix
            + bytes.map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
