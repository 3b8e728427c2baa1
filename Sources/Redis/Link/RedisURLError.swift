/// Why a Redis URL was refused. Never shows the password.
public struct RedisURLError: Error, Equatable, CustomStringConvertible {
    public let reason: String

    /// What is accepted, for messages and help.
    public static let accepted =
        "redis://[[user]:password@]host[:port][/database], rediss://… for TLS, unix:/path[?db=N], "
        + "or redis+sentinel://[[user]:password@]host[:port],…/master[/database]"

    public var description: String { "\(reason); accepted: \(Self.accepted)" }
}
