import Wire

/// The parameters that URLs of queues know. In milliseconds.
struct QueueParameters {
    let delay: Int64
    /// `nil` for the queue's own.
    let lease: Int64?
    let wait: UInt64

    init(_ query: [UInt8]?) throws(HTTPError) {
        let query = try HTTPQuery(query)
        delay = try query.duration("delay", .zero ... .seconds(QueueCommand.maximumDelay)) ?? 0
        lease = try query.duration("lease", .seconds(1) ... .seconds(QueueCommand.maximumLease))
        wait = UInt64(try query.duration("wait", .zero ... .seconds(QueueCommand.maximumWait)) ?? 0)
    }
}
