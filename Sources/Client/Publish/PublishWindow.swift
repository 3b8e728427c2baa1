/// Which published messages the server has not acknowledged, and whether more may be sent. Pure.
///
/// Messages are numbered from 1 in the order they are sent; the number is the frame's `ref`.
struct PublishWindow {
    private struct Message {
        let data: [UInt8]
        /// Sent, and not answered; otherwise it is to be sent again.
        var isInFlight: Bool
    }

    private let maximumCount: Int
    private let maximumBytes: Int
    private var messages: [Int64: Message] = [:]
    private var bytes = 0
    private var inFlight = 0
    private(set) var sent: Int64 = 0
    private(set) var acknowledged = 0

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    var isEmpty: Bool { messages.isEmpty }
    var count: Int { messages.count }

    /// Something is to be sent again.
    var isBehind: Bool { inFlight < messages.count }

    /// A message larger than the whole window goes alone.
    var hasRoom: Bool { messages.isEmpty || messages.count < maximumCount && bytes < maximumBytes }

    /// Takes a message that is sent now; its number.
    mutating func add(_ data: [UInt8]) -> Int64 {
        sent += 1
        messages[sent] = Message(data: data, isInFlight: true)
        bytes += data.count
        inFlight += 1
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
        guard let message = messages.removeValue(forKey: ref) else { return false }
        bytes -= message.data.count
        if message.isInFlight { inFlight -= 1 }
        return true
    }

    /// The server could not take message `ref` now; false if it was not asked to.
    mutating func postpone(_ ref: Int64) -> Bool {
        guard messages[ref]?.isInFlight == true else { return false }
        messages[ref]?.isInFlight = false
        inFlight -= 1
        return true
    }

    /// The connection is gone: nobody knows what the server has.
    mutating func disconnect() {
        for ref in messages.keys { messages[ref]?.isInFlight = false }
        inFlight = 0
    }

    /// What is to be sent again, in order, once nothing else is in flight: sent so, an order that was kept stays.
    mutating func takeBehind() -> [(ref: Int64, data: [UInt8])] {
        guard inFlight == 0, !messages.isEmpty else { return [] }
        inFlight = messages.count
        for ref in messages.keys { messages[ref]?.isInFlight = true }
        return messages.sorted { $0.key < $1.key }.map { ($0.key, $0.value.data) }
    }
}
