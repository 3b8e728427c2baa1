import EventLoop
import Wire

/// Why a client could not go on. The description is a whole sentence for the user, without the program's name.
public struct ClientError: Error, Equatable, CustomStringConvertible {
    /// Whether the same attempt may succeed later: the server was away, went away, or asked to come back.
    public let isTransient: Bool
    public let description: String

    public init(_ description: String, isTransient: Bool = false) {
        self.description = description
        self.isTransient = isTransient
    }

    static func unreachable(_ url: ServerURL, _ error: LoopError?) -> ClientError {
        // A system's error says where it could not connect to.
        let question = url.usesTLS ? "" : " (does it want https://?)"
        let reason =
            error?.description
            ?? "cannot connect to \(url): it closed the connection before it answered\(question)"
        guard let error, error.outlook != .passing else { return ClientError(reason, isTransient: true) }
        let advice = error.outlook == .untrusted ? "; --ca names a file of authorities to trust" : ""
        return ClientError(reason + advice)
    }

    /// The server's `error` frame that refuses what was asked for.
    static func refusal(by url: ServerURL, code: String, text: String) -> ClientError {
        ClientError("\(url) answered: \(text) (\(code))", isTransient: isTransient(code))
    }

    /// Whether an error of the server's passes: its broker is away, it has too much to do, or a rate is exceeded.
    static func isTransient(_ code: String) -> Bool {
        [ErrorCode.unavailable, .overloaded, .rateLimited].contains { $0.rawValue == code }
    }

    /// Why what a command prints could not be written; `nil` where nobody reads it any more, which is no fault.
    public static func output(_ failure: OutputBuffer.Failure) -> ClientError? {
        switch failure {
        case .readerGone: nil
        case .failed(let reason): ClientError("cannot write the output: \(reason)")
        }
    }

    /// The server answered the upgrade request with an error of HTTP's. RFC 9110 section 15.
    static func refused(_ url: ServerURL, _ head: HTTPResponseHead, message: String?) -> ClientError {
        let words = message ?? (head.reason.isEmpty ? "no reason given" : head.reason)
        let isTransient = head.status >= 500 || head.status == 408 || head.status == 429
        return ClientError("\(url) refused the connection: \(head.status) \(words)", isTransient: isTransient)
    }

    /// The server's close frame; `CloseCode` says after which codes coming back makes sense.
    static func closed(_ url: ServerURL, code: UInt16?) -> ClientError {
        guard let code else { return ClientError("\(url) closed the connection", isTransient: true) }
        let isTransient: Bool
        let words: String
        switch code {
        case 1000: (words, isTransient) = ("in good order", true)
        case CloseCode.goingAway.rawValue: (words, isTransient) = ("it is going away", true)
        case CloseCode.protocolError.rawValue: (words, isTransient) = ("protocol error", false)
        case CloseCode.unsupportedData.rawValue:
            (words, isTransient) = ("it does not accept such data", false)
        case CloseCode.invalidPayload.rawValue: (words, isTransient) = ("a frame was not valid", false)
        case CloseCode.policyViolation.rawValue: (words, isTransient) = ("not allowed", false)
        case CloseCode.messageTooBig.rawValue:
            (words, isTransient) = ("a message is larger than it accepts", false)
        case CloseCode.tryAgainLater.rawValue: (words, isTransient) = ("it is over its capacity", true)
        case CloseCode.tokenExpired.rawValue: (words, isTransient) = ("the token has expired", false)
        case CloseCode.tooSlow.rawValue: (words, isTransient) = ("messages were read too slowly", true)
        case CloseCode.endedByAdministrator.rawValue:
            (words, isTransient) = ("ended by an administrator", false)
        case CloseCode.pingTimeout.rawValue: (words, isTransient) = ("its pings were not answered", true)
        default: (words, isTransient) = ("no reason known", true)
        }
        return ClientError("\(url) closed the connection: \(words) (\(code))", isTransient: isTransient)
    }
}
