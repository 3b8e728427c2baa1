import EventLoop

/// The Redis that a run publishes to past the server: `redis://[[USER]:PASSWORD@]HOST[:PORT]` or `unix:/PATH`.
/// A database number is taken and not used: channels have none.
public struct RedisAddress: Equatable, Sendable {
    public let endpoint: StreamEndpoint
    public let user: String?
    public let password: String?

    public init(parsing text: String) throws(BenchError) {
        func refused(_ reason: String) -> BenchError {
            BenchError(
                "'\(text)' is not an address for --publish-redis: \(reason); "
                    + "accepted are redis://[[USER]:PASSWORD@]HOST[:PORT] and unix:/PATH")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refused("it has unprintable characters")
        }
        if text.hasPrefix("unix:/") {
            endpoint = .unix(path: String(text.dropFirst(5)))
            (user, password) = (nil, nil)
            return
        }
        guard text.hasPrefix("redis://") else { throw refused("the scheme is missing or unknown") }
        let authority = text.dropFirst(8).prefix { $0 != "/" }
        let at = authority.lastIndex(of: "@")
        if let at {
            let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw refused("the password is missing") }
            user = parts[0].isEmpty ? nil : String(parts[0])
            password = String(parts[1])
        } else {
            (user, password) = (nil, nil)
        }
        let hostAndPort = at.map { authority[authority.index(after: $0)...] } ?? authority
        let colon = hostAndPort.hasSuffix("]") ? nil : hostAndPort.lastIndex(of: ":")
        var host = colon.map { hostAndPort[..<$0] } ?? hostAndPort
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw refused("the host is missing") }
        let port = colon.map { UInt16(hostAndPort[hostAndPort.index(after: $0)...]) } ?? 6379
        guard let port, port > 0 else { throw refused("the port must be 1 to 65535") }
        endpoint = .tcp(host: String(host), port: port)
    }
}
