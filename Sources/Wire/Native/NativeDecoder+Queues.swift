/// The commands of queues.
extension NativeDecoder {
    /// `nil` where `type` is none of them.
    static func queueCommand(
        _ type: JSONValue, _ members: Members, _ frame: Span<UInt8>
    ) throws(Problem) -> NativeCommand? {
        let command: QueueCommand
        if type.isString("push", in: frame) {
            command = try push(members, frame)
        } else if type.isString("work", in: frame) {
            command = try work(members, frame)
        } else if type.isString("done", in: frame) {
            command = .done(try jobID(members, frame))
        } else if type.isString("retry", in: frame) {
            command = .retry(try jobID(members, frame), delay: try delay(members, frame))
        } else if type.isString("renew", in: frame) {
            command = .renew(try jobID(members, frame), lease: try lease(members, frame))
        } else {
            return nil
        }
        return .queue(try name(members.queue, "queue", frame), command)
    }

    private static func push(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> QueueCommand {
        guard let data = members.data else { throw Problem("'data' is missing; it may be any JSON value") }
        return .push(data: data.range, delay: try delay(members, frame))
    }

    private static func work(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> QueueCommand {
        guard let credit = try integer(members.credit, "credit", 0...QueueCommand.maximumCredit, frame)
        else {
            throw Problem("'credit' is missing: how many unfinished jobs you take at a time")
        }
        return .work(credit: credit, lease: try lease(members, frame))
    }

    private static func jobID(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> JobID {
        guard let text = members.id?.string(in: frame), let id = JobID(text.span) else {
            throw Problem("'id' must be the id of a job, as the frame that brought it says")
        }
        return id
    }

    private static func delay(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> Int {
        try integer(members.delay, "delay", 0...QueueCommand.maximumDelay, frame) ?? 0
    }

    private static func lease(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> Int? {
        try integer(members.lease, "lease", 1...QueueCommand.maximumLease, frame)
    }
}
