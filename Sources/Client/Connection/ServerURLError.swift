/// Why a server's address was refused, and what is accepted.
public struct ServerURLError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ text: String, _ reason: String) {
        let text = Self.withoutCredentials(text)
        description =
            "'\(text)' is not a server's address: \(reason); "
            + "accepted are http://HOST[:PORT], https://HOST[:PORT] (ws:// and wss:// mean the same) and unix:/PATH"
    }

    /// A password that somebody put into a URL stays out of errors: `http://…@host`.
    private static func withoutCredentials(_ text: String) -> String {
        guard let end = text.lastIndex(of: "@") else { return text }
        let start = text.firstRange(of: "://").map(\.upperBound) ?? text.startIndex
        return start <= end ? text[..<start] + "…" + text[end...] : text
    }
}
