import Broker
import EventLoop
import Logging

/// Reads the certificate, its key and the clients' authorities again when a file of theirs has changed. Lives on the main
/// thread.
final class TLSFileWatch {
    /// What the files have in them, as far as it could be used.
    private(set) var current: ServerTLSSettings
    /// Gets that when it has changed.
    var changed: (ServerTLSSettings) -> Void = { _ in }

    private let settings: Settings.TLS
    /// The files of `current`, or those that were refused last.
    private var known: [FileState?]
    /// As the last look found them.
    private var seen: [FileState?]
    private var timer: LoopTimer?
    private let loop: EventLoop
    /// Loop time when the ticket key is to be replaced.
    private var renewal: UInt64
    private let logger = Logger(label: "roost.tls")

    /// Milliseconds between looks.
    private static let step: UInt64 = 1_000
    /// Milliseconds between ticket keys.
    private static let ticketLife: UInt64 = 12 * 3_600_000

    /// Reads them once, and looks after them from then on. Blocks on the file system.
    init(_ settings: Settings.TLS, on loop: EventLoop) throws(StartError) {
        // Before they are read: what comes in between is seen later.
        known = Self.states(settings)
        seen = known
        let files = TLSFiles(settings)
        if let problem = files.problems.first { throw StartError("\(problem.name): \(problem.message)") }
        guard let certificate = files.certificate else {
            throw StartError(
                "tls.certificate_file: listen has an address with tls:, which needs a certificate")
        }
        current = ServerTLSSettings(certificate, clientAuthorities: files.clientAuthorities)
        self.settings = settings
        self.loop = loop
        renewal = loop.now + Self.ticketLife
        timer = LoopTimer(on: loop) { [unowned self] in look() }
        timer?.start(after: Self.step, every: Self.step)
    }

    private static func states(_ settings: Settings.TLS) -> [FileState?] {
        settings.files.map { FileState($0.path) }
    }

    func close() { timer?.close() }

    private func look() {
        if loop.now >= renewal {
            renewal = loop.now + Self.ticketLife
            take(current.withNewTicketKey())
        }
        let found = Self.states(settings)
        // A certificate and its key are written one after the other: not before nothing has changed for a while.
        let isSettled = found == seen
        seen = found
        guard isSettled, found != known else { return }
        known = found
        let files = TLSFiles(settings)
        guard let certificate = files.certificate, files.problems.isEmpty else {
            for problem in files.problems {
                logger.error(
                    "the certificate is refused: the one from before stays",
                    metadata: ["problem": "\(problem.name): \(problem.message)"])
            }
            return
        }
        logger.info(
            "the certificate has changed",
            metadata: ["until": "\(CertificateAge.text(certificate.validUntil))"])
        take(ServerTLSSettings(certificate, clientAuthorities: files.clientAuthorities))
    }

    private func take(_ settings: ServerTLSSettings) {
        current = settings
        if let warning = CertificateAge.warning(settings.certificate, at: WallClock.milliseconds() / 1000) {
            logger.warning("\(warning)")
        }
        changed(settings)
    }
}
