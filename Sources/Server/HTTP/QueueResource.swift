import Wire

/// What the rest of a path below `/queues/{queue}` names.
enum QueueResource: Equatable {
    case status
    case jobs
    case lease
    case job(JobID)
    case retry(JobID)
    case renew(JobID)

    /// - Parameter segments: behind the queue's name, percent-encoded.
    /// - Returns: `nil` where there is nothing.
    /// - Throws: 400 for an id that cannot be one.
    init?(_ segments: ArraySlice<ArraySlice<UInt8>>) throws(HTTPError) {
        let words = segments.map { String(decoding: $0, as: UTF8.self) }
        switch words.count {
        case 0: self = .status
        case 1 where words[0] == "jobs": self = .jobs
        case 1 where words[0] == "lease": self = .lease
        case 2 where words[0] == "jobs": self = .job(try Self.id(words[1]))
        case 3 where words[0] == "jobs" && words[2] == "retry": self = .retry(try Self.id(words[1]))
        case 3 where words[0] == "jobs" && words[2] == "renew": self = .renew(try Self.id(words[1]))
        default: return nil
        }
    }

    var methods: [String] {
        switch self {
        case .status: ["GET", "HEAD"]
        case .jobs, .lease, .retry, .renew: ["POST"]
        case .job: ["DELETE"]
        }
    }

    private static func id(_ text: String) throws(HTTPError) -> JobID {
        guard let id = JobID(Array(text.utf8).span) else {
            throw HTTPError(
                .badRequest, .badRequest, "the URL must name a job by the id that its lease came with")
        }
        return id
    }
}
