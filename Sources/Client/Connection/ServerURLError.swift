/// Why a server's address was refused, and what is accepted.
public struct ServerURLError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ text: String, _ reason: String) {
        description =
            "'\(text)' is not a server's address: \(reason); "
            + "accepted are http://HOST[:PORT], https://HOST[:PORT] and unix:/PATH"
    }
}
