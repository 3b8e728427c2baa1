import Client
import Glibc
import Wire

/// Prints what a subscription brings, until enough was printed or nobody reads it any more. Confined to its loop's
/// thread.
final class MessagePrinter: SubscribeSessionDelegate {
    /// Why the command failed; `nil` if it did not.
    private(set) var failure: ClientError?

    private let session: SubscribeSession
    private let isJSON: Bool
    private var remaining: Int?
    private let isVerbose: Bool
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let ended: () -> Void
    private var output = OutputBuffer(descriptor: STDOUT_FILENO)
    private var text: [UInt8] = []
    /// Nothing more is printed.
    private var isStopped = false

    /// What is gathered before it is written out within one read.
    private static let pieceSize = 64 * 1024

    /// - Parameter limit: how many messages to print; `nil`: all.
    init(
        _ session: SubscribeSession, isJSON: Bool, limit: Int?, isVerbose: Bool, ended: @escaping () -> Void
    ) {
        self.session = session
        self.isJSON = isJSON
        remaining = limit
        self.isVerbose = isVerbose
        self.ended = ended
    }

    /// Ends the session quietly.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        session.close()
    }

    func sessionReceived(frame: Span<UInt8>, data: JSONValue, isBinary: Bool) {
        guard !isStopped else { return }
        if isJSON {
            output.bytes.append(copying: frame)
        } else if isTerminal {
            text.removeAll(keepingCapacity: true)
            MessageText.append(data, isBinary: isBinary, in: frame, to: &text)
            TerminalText.append(text.span, to: &output.bytes)
        } else {
            MessageText.append(data, isBinary: isBinary, in: frame, to: &output.bytes)
        }
        output.bytes.append(0x0A)
        if output.bytes.count >= Self.pieceSize { flush() }
        guard let remaining else { return }
        self.remaining = remaining - 1
        if remaining == 1 {
            flush()
            stop()
        }
    }

    func sessionSubscribed() { if isVerbose { StandardError.print("subscribed") } }

    func sessionPaused() { flush() }

    func sessionNotice(_ text: String) { StandardError.print(text) }

    func sessionEnded(_ error: ClientError?) {
        if !isStopped { failure = failure ?? error }
        ended()
    }

    private func flush() {
        do throws(OutputBuffer.Failure) {
            try output.flush()
        } catch {
            failure = ClientError.output(error)
            stop()
        }
    }
}
