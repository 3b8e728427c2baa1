import Hub
import SocketIO
import Wire

/// Sends every message back.
final class EngineEcho: EngineIOHandler {
    private final class Receiver: EngineIOReceiver {
        private let client: EngineIOClient

        init(_ client: EngineIOClient) { self.client = client }

        func receivedText(_ message: Span<UInt8>) { client.send(message) }

        func receivedBinary(_ message: Span<UInt8>) { client.send(binary: message) }

        func closed(_ reason: EngineIOCloseReason) {}
    }

    var wantsValidatedText: Bool { true }

    func opened(_ client: EngineIOClient) -> any EngineIOReceiver { Receiver(client) }
}
