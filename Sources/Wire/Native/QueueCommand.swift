/// What a client of the native door says about a queue. Times in seconds.
public enum QueueCommand: Equatable, Sendable {
    /// `data`: where the value lies in the frame.
    case push(data: Range<Int>, delay: Int)
    /// `credit`: unfinished jobs at a time; `lease`: `nil` for the queue's own.
    case work(credit: Int, lease: Int?)
    case done(JobID)
    case retry(JobID, delay: Int)
    case renew(JobID, lease: Int?)

    /// The most unfinished jobs that a consumer may ask for.
    public static let maximumCredit = 1_000
    /// Seconds, a day.
    public static let maximumLease = 86_400
    /// Seconds, a year.
    public static let maximumDelay = 365 * 86_400
    /// Seconds for which an HTTP client may wait for a job.
    public static let maximumWait = 60
}
