import Wire

/// The answer that a client waits for, to an event of its. It serves once; what comes later is dropped, as is an answer
/// to a socket that is gone.
public final class SocketIOAcknowledgement {
    private weak var socket: SocketIOSocket?
    private let id: UInt64

    init(_ socket: SocketIOSocket, id: UInt64) {
        self.socket = socket
        self.id = id
    }

    /// Answers.
    /// - Parameters:
    ///   - arguments: JSON values with commas between them; empty for none. Where an attachment belongs it has
    ///     `{"_placeholder":true,"num":N}`.
    ///   - attachments: numbered from 0.
    public func answer(_ arguments: Span<UInt8>, attachments: [[UInt8]] = []) {
        guard let socket else { return }
        self.socket = nil
        guard socket.isConnected else { return }
        var bytes: [UInt8] = []
        SocketIOEncoder.appendAcknowledgement(
            socket.namespace, id: id, arguments, attachments: attachments, for: socket.client.transport,
            to: &bytes)
        socket.client.engine.send(encoded: bytes.span)
    }
}
