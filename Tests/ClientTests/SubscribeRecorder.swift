import Client
import Wire

/// Remembers what a session told it.
final class SubscribeRecorder: SubscribeSessionDelegate {
    private(set) var messages: [String] = []
    private(set) var notices: [String] = []
    private(set) var subscribedCount = 0
    private(set) var hasEnded = false
    private(set) var error: ClientError?

    func sessionReceived(frame: Span<UInt8>, data: JSONValue, isBinary: Bool) {
        var text: [UInt8] = []
        MessageText.append(data, isBinary: isBinary, in: frame, to: &text)
        messages.append(String(decoding: text, as: UTF8.self))
    }

    func sessionSubscribed() { subscribedCount += 1 }

    func sessionPaused() {}

    func sessionNotice(_ text: String) { notices.append(text) }

    func sessionEnded(_ error: ClientError?) {
        hasEnded = true
        self.error = error
    }
}
