import Crypto
import Wire

/// The key of a back end: `roost_` and 32 random bytes in base64url. The server is given its hash only.
public struct APIKey: Equatable, Sendable {
    /// To be kept secret.
    public let text: String

    public static let prefix: StaticString = "roost_"
    private static let length = 32

    /// A new one, from the system's secure random numbers.
    public init() {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<Self.length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        var text: [UInt8] = []
        text.append(Self.prefix)
        Base64URL.append(random.span, to: &text)
        self.text = String(decoding: text, as: UTF8.self)
    }

    public var hash: APIKeyHash { APIKeyHash(of: Array(text.utf8)) }
}
