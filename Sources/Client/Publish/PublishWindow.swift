/// Which published messages wait for the server's answer, and whether more may be sent. Pure.
///
/// Messages are numbered from 1 in the order they are sent; the number is the frame's `ref`.
struct PublishWindow {
    private let maximumCount: Int
    private let maximumBytes: Int
    private var outstanding: [Int64: Int] = [:]
    private var outstandingBytes = 0
    private(set) var sent: Int64 = 0
    private(set) var acknowledged = 0

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    var isEmpty: Bool { outstanding.isEmpty }
    var count: Int { outstanding.count }

    /// A message larger than the whole window goes alone.
    var hasRoom: Bool {
        outstanding.isEmpty || outstanding.count < maximumCount && outstandingBytes < maximumBytes
    }

    /// Takes a message of `size` bytes; its number.
    mutating func add(size: Int) -> Int64 {
        sent += 1
        outstanding[sent] = size
        outstandingBytes += size
        return sent
    }

    /// The server has message `ref`; false if it was not asked to.
    mutating func acknowledge(_ ref: Int64) -> Bool {
        guard remove(ref) else { return false }
        acknowledged += 1
        return true
    }

    /// The server refused message `ref`; false if it was not asked to take it.
    mutating func remove(_ ref: Int64) -> Bool {
        guard let size = outstanding.removeValue(forKey: ref) else { return false }
        outstandingBytes -= size
        return true
    }
}
