/// Every limit that a client can run into. One table: the raw value is the setting's name after `limits.`, and the label
/// of its counter.
public enum Limit: String, Sendable, CaseIterable {
    // Sizes.
    case messageSize = "message_size"
    case requestHead = "request_head"
    case unsentBytes = "unsent_bytes"
    // Counts.
    case subscriptionsPerConnection = "subscriptions_per_connection"
    case connections
    case connectionsPerAddress = "connections_per_address"
    case connectionsPerUser = "connections_per_user"
    // Rates.
    case publishRatePerConnection = "publish_rate_per_connection"
    case publishRatePerUser = "publish_rate_per_user"
    case publishRatePerAddress = "publish_rate_per_address"
    case requestRatePerAddress = "request_rate_per_address"
    // Times.
    case handshakeTimeout = "handshake_timeout"
    case handshakeLag = "handshake_lag"

    /// The setting that says how much is allowed.
    public var setting: String { "limits.\(rawValue)" }

    /// What somebody is told who ran into it: the setting's name, and `words`, which say its value.
    public func message(_ words: String) -> String { "\(setting): \(words)" }
}
