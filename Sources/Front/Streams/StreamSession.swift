import Hub

/// One client behind an HTTP response that does not end: Server-Sent Events. What it sends is read over. Confined to its
/// worker's thread.
public protocol StreamSession: ConnectionSession {
    /// What is sent from time to time so that everybody on the way knows that the connection is in use.
    var heartbeat: [UInt8] { get }
}
