import Wire

/// A job as it came from the server.
public struct QueueJob: Equatable, Sendable {
    /// The lease's; printable ASCII.
    public let id: String
    /// Counted from 1.
    public let attempt: Int64
    /// A string's characters, the bytes behind `"encoding":"base64"`, or another value's JSON.
    public let data: [UInt8]

    /// The longest id, in bytes.
    private static let maximumIDLength = 128

    /// `nil` if the id or the attempt is none.
    init?(id: [UInt8], attempt: Int64, data: [UInt8]) {
        guard (1...Self.maximumIDLength).contains(id.count), id.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            attempt > 0
        else { return nil }
        self.id = String(decoding: id, as: UTF8.self)
        self.attempt = attempt
        self.data = data
    }

    /// Seconds to wait before the next attempt: 1, 2, 4 and so on, up to 5 minutes.
    public var retryDelay: Int { attempt > 9 ? 300 : min(300, 1 << (attempt - 1)) }
}
