import Wire

/// Work queues: each job is handed to one consumer at a time until one says that it is done.
///
/// **Order.** First in, first out; what is given back goes before what has never been handed out. **Safety.** A job
/// is waiting, leased, delayed or dead, never two of these and never none: each call is one step. **Signals.** Whoever
/// listens to `Topic.signal("queue", of:)` hears whenever there is something to lease that was not there before, with
/// an empty payload; but not of what other programs push, for which there is `awaitJob`.
/// Confined to the worker's thread; completions as `Broker` says.
public protocol QueueBroker: AnyObject {
    /// Adds a job.
    /// - Parameter delay: milliseconds until it joins the end of the queue.
    func push(
        _ payload: [UInt8], to queue: QueueName, delay: Int64,
        then: @escaping (Result<Void, BrokerFailure>) -> Void)

    /// Gives back the jobs whose leases have ended, takes in the delayed ones that are due, and leases what is wanted.
    /// An answer that is lost leaves jobs leased to nobody, until their leases end.
    func lease(_ request: LeaseRequest, then: @escaping (Result<LeaseAnswer, BrokerFailure>) -> Void)

    /// Does the same to several leased jobs; whether each lease still stood. Where it did not, nothing was done.
    /// - Parameter attempts: how often a job is handed out before it goes to the dead letters instead of back.
    func change(
        _ ids: [JobID], of queue: QueueName, _ change: LeaseChange, attempts: Int,
        then: @escaping (Result<[Bool], BrokerFailure>) -> Void)

    /// Counts. Leases that have ended are given back first.
    func queueStatus(
        of queue: QueueName, attempts: Int, then: @escaping (Result<QueueStatus, BrokerFailure>) -> Void)

    /// Answers when the queue has a job to lease that may have come without a signal, or says why that cannot be known.
    /// One call per queue at a time.
    func awaitJob(in queue: QueueName, then: @escaping (Result<Void, BrokerFailure>) -> Void)

    /// Ends `awaitJob`, which is not answered then.
    func ignoreJobs(in queue: QueueName)
}
