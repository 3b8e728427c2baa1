import Wire

/// A leased job.
public struct Job: Equatable, Sendable {
    public let id: JobID
    /// As it stands in the queue: `JobData`.
    public let payload: [UInt8]

    public init(id: JobID, payload: [UInt8]) {
        self.id = id
        self.payload = payload
    }
}
