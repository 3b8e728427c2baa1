/// Why a Redis URL was refused. Never shows the password.
public struct RedisURLError: Error, Equatable, CustomStringConvertible {
    public let reason: String

    /// What is accepted, for messages and help.
    public static let accepted =
        "redis://[[user]:password@]host[:port][/database], rediss://… for TLS, or unix:/path[?db=N]"

    public var description: String { "\(reason); accepted: \(Self.accepted)" }
}
