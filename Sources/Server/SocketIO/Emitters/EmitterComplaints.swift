import Logging
import Wire

/// Says what is wrong with what emitters publish, as often as it helps.
struct EmitterComplaints {
    /// `nil` where another worker says it.
    private let logger: Logger?
    private var pickles = 0
    private var malformed = 0
    /// Loop time, in ms, before which nothing more is said about what is malformed.
    private var quietUntil: UInt64 = 0

    /// Milliseconds between two words about what is malformed.
    static let interval: UInt64 = 10_000

    init(logger: Logger?) { self.logger = logger }

    mutating func add(_ error: EmitterError, _ channel: Span<UInt8>, now: UInt64) {
        guard let logger else { return }
        let channel = String(decoding: [UInt8](copying: channel), as: UTF8.self)
        switch error {
        case .message: break
        case .pickle:
            pickles += 1
            guard pickles == 1 else { return }
            logger.warning(
                """
                refusing a pickle from an emitter, and all that follow: pickles are never decoded; python-socketio \
                5.15.1 and later emit JSON
                """,
                metadata: ["channel": "\(channel)"])
        case .malformed(let reason):
            malformed += 1
            guard now >= quietUntil else { return }
            quietUntil = now + Self.interval
            logger.warning(
                "ignoring what is no message of an emitter",
                metadata: ["channel": "\(channel)", "reason": "\(reason)", "count": "\(malformed)"])
        }
    }
}
