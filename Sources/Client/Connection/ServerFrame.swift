import Wire

/// One frame from the server's native door, as far as a client needs it. Types that are not known are let through as
/// `.other`, so that a newer server does not break an older client.
public enum ServerFrame: Equatable {
    case welcome
    case subscribed(ref: Int64?)
    /// `name` is the channel's or the pattern's.
    case unsubscribed(name: [UInt8], reason: [UInt8])
    /// `data` is where the value lies in the frame; `isBinary` says that it is base64 of bytes that are not text.
    case message(data: JSONValue, isBinary: Bool)
    /// Messages of this channel are missing before those that come now.
    case gap(channel: [UInt8])
    /// The answer to `history`.
    case history(HistoryAnswer)
    /// What was published, or pushed to a queue, is with the broker.
    case published(ref: Int64?)
    /// The answer to `work`.
    case working(ref: Int64?)
    case job(QueueJob)
    /// The answer to `done`, `retry` and `renew`.
    case reported(ref: Int64?)
    /// `text` is fit for a terminal.
    case error(code: String, text: String, ref: Int64?)
    case other

    /// Decodes one text message.
    public init(_ frame: Span<UInt8>) throws(JSONError) {
        var type, channel, pattern, data, reason, code, message, ref, encoding, id, attempt: JSONValue?
        var messages, complete: JSONValue?
        var reader = try JSONObjectReader(frame)
        while let (key, value) = try reader.next(frame) {
            if key.isString("type", in: frame) {
                type = value
            } else if key.isString("channel", in: frame) {
                channel = value
            } else if key.isString("pattern", in: frame) {
                pattern = value
            } else if key.isString("data", in: frame) {
                data = value
            } else if key.isString("reason", in: frame) {
                reason = value
            } else if key.isString("code", in: frame) {
                code = value
            } else if key.isString("message", in: frame) {
                message = value
            } else if key.isString("ref", in: frame) {
                ref = value
            } else if key.isString("encoding", in: frame) {
                encoding = value
            } else if key.isString("id", in: frame) {
                id = value
            } else if key.isString("attempt", in: frame) {
                attempt = value
            } else if key.isString("messages", in: frame) {
                messages = value
            } else if key.isString("complete", in: frame) {
                complete = value
            }
        }
        let number = ref?.integer(in: frame)
        guard let type else { throw JSONError("the member 'type' is missing", at: 0) }
        if type.isString("message", in: frame), let data {
            self = .message(data: data, isBinary: encoding?.isString("base64", in: frame) ?? false)
        } else if type.isString("published", in: frame) || type.isString("pushed", in: frame) {
            self = .published(ref: number)
        } else if type.isString("subscribed", in: frame) {
            self = .subscribed(ref: number)
        } else if type.isString("unsubscribed", in: frame) {
            self = .unsubscribed(
                name: (pattern ?? channel)?.string(in: frame) ?? [], reason: reason?.string(in: frame) ?? [])
        } else if type.isString("error", in: frame) {
            self = .error(
                code: TerminalText.singleLine(code?.string(in: frame) ?? []),
                text: TerminalText.singleLine(message?.string(in: frame) ?? []), ref: number)
        } else if type.isString("gap", in: frame) {
            self = .gap(channel: channel?.string(in: frame) ?? [])
        } else if type.isString("history", in: frame) {
            guard let messages, messages.kind == .array else { throw JSONError("no 'messages'", at: 0) }
            self = .history(
                HistoryAnswer(
                    messages: messages.range, isComplete: complete?.kind == .boolean(true),
                    newest: id?.string(in: frame).flatMap { MessageID($0.span) }, ref: number))
        } else if type.isString("job", in: frame) {
            guard let data else { throw JSONError("a job without data", at: 0) }
            var text: [UInt8] = []
            let isBinary = encoding?.isString("base64", in: frame) ?? false
            MessageText.append(data, isBinary: isBinary, in: frame, to: &text)
            let job = QueueJob(
                id: id?.string(in: frame) ?? [], attempt: attempt?.integer(in: frame) ?? 0, data: text)
            guard let job else { throw JSONError("a job without a good id and attempt", at: 0) }
            self = .job(job)
        } else if type.isString("working", in: frame) {
            self = .working(ref: number)
        } else if type.isString("done", in: frame) || type.isString("retried", in: frame)
            || type.isString("renewed", in: frame)
        {
            self = .reported(ref: number)
        } else if type.isString("welcome", in: frame) {
            self = .welcome
        } else {
            self = .other
        }
    }
}
