import Front
import Wire

/// A session whose subscriptions an administrator can end. Confined to its worker's thread.
protocol StoppableSession: ConnectionSession {
    /// Ends its subscription to a topic, and says so to the client.
    func stopped(_ topic: Topic)
}
