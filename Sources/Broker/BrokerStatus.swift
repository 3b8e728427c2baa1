/// Whether the broker can serve now.
public enum BrokerStatus: Equatable, Sendable {
    case connecting
    case ready
    /// Not reachable, with the reason as an operator would want to read it. Reconnecting goes on by itself.
    case unavailable(String)
}
