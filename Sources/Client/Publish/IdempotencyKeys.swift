/// Names what one session sends, each message differently, so that the server takes a message once, however often it
/// is sent. Pure.
public struct IdempotencyKeys: Sendable {
    /// For how long a server remembers a key, in milliseconds.
    static let lifetime: UInt64 = 300_000

    private let session: String

    /// Unpredictable, so that nobody else's message has the same.
    public init() {
        session =
            String(UInt64.random(in: .min ... .max), radix: 36)
            + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// For tests.
    init(session: String) { self.session = session }

    /// The key of message `number`.
    func key(_ number: Int64) -> String { "\(session)-\(number)" }
}
