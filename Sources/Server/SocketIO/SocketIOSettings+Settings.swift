import EventLoop
import SocketIO

extension SocketIOSettings {
    /// What the configuration says, for one worker.
    /// - Parameter worker: its index. Sessions are named after it, so that a request says whose it is.
    init(_ settings: Settings, worker: Int) {
        self.init()
        namespaces = ["/"]
        for name in settings.socketIO.namespaces where !namespaces.contains(name) { namespaces.append(name) }
        engine.pingInterval = settings.socketIO.pingInterval.milliseconds
        engine.pingTimeout = settings.socketIO.pingTimeout.milliseconds
        engine.maximumPayload = max(Self.leastPayload, settings.limits.messageSize * 2)
        engine.sessionPrefix = SessionOwner(worker: worker).prefix
    }

    /// What clients expect of a server of Socket.IO. A payload holds several messages, and bytes as base64.
    private static let leastPayload = 1_000_000
}
