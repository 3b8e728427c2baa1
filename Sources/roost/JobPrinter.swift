import Client
import Glibc
import Wire

/// Prints each job's data, or the whole of it as JSON, as a line, and says that it is done when the line is written. Confined to its loop's thread.
final class JobPrinter: WorkSessionDelegate {
    /// Why the command failed; `nil` if it did not.
    private(set) var failure: ClientError?

    private let session: WorkSession
    private let isJSON: Bool
    private let isVerbose: Bool
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let ended: () -> Void
    private var output = OutputBuffer(descriptor: STDOUT_FILENO)
    /// The jobs in `output`.
    private var printed: [String] = []
    private var isStopped = false

    init(_ session: WorkSession, isJSON: Bool, isVerbose: Bool, ended: @escaping () -> Void) {
        self.session = session
        self.isJSON = isJSON
        self.isVerbose = isVerbose
        self.ended = ended
    }

    /// Ends the session quietly; what is not written goes back to the queue.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        session.close()
    }

    func workReceived(_ job: QueueJob, frame: Span<UInt8>) {
        guard !isStopped else { return }
        if isJSON {
            output.bytes.append(copying: frame)
        } else if isTerminal {
            TerminalText.append(job.data.span, to: &output.bytes)
        } else {
            output.bytes += job.data
        }
        output.bytes.append(0x0A)
        printed.append(job.id)
    }

    func workReady() { if isVerbose { StandardError.print("working") } }

    func workPaused() {
        guard !isStopped, !printed.isEmpty else { return }
        do throws(OutputBuffer.Failure) {
            try output.flush()
        } catch {
            failure = ClientError.output(error)
            return stop()
        }
        let written = printed
        printed = []
        for id in written { session.report(id, .done) }
    }

    func workNotice(_ text: String) { StandardError.print(text) }

    func workEnded(_ error: ClientError?) {
        if !isStopped { failure = failure ?? error }
        ended()
    }
}
