import Broker
import Hub
import Wire

/// A job that its consumer says is done, until the broker knows.
struct FinishedJob {
    let id: JobID
    /// Who had it on this worker, and until when; `nil` where it was somebody else's.
    let holder: (connection: ConnectionID, end: UInt64)?
    /// Whether the lease still stood.
    let then: (Result<Bool, BrokerFailure>) -> Void
}
