import DequeModule
import Wire

/// One channel's history in memory. Pure.
struct MemoryHistory {
    private struct Item {
        let message: [UInt8]
        /// When it is no longer given out; `.max`: with the whole history.
        let expiry: Int64
    }

    private(set) var epoch: String
    private(set) var newest: UInt64 = 0
    /// The one before `newest` and so on back, without a hole.
    private var items: Deque<Item> = []
    /// When the whole of it goes.
    private(set) var expiry: Int64 = 0
    /// Bytes of messages, and what keeping each takes besides.
    private(set) var size = 0

    private static let overhead = 64

    init(epoch: String) { self.epoch = epoch }

    /// Keeps a message under the next offset.
    mutating func append(_ message: [UInt8], _ rule: HistoryRule, timeToLive: Int64?, now: Int64) {
        newest += 1
        items.append(Item(message: message, expiry: timeToLive.map { now + $0 } ?? .max))
        size += message.count + Self.overhead
        while items.count > rule.size { size -= items.removeFirst().message.count + Self.overhead }
        expiry = now + rule.timeToLive
    }

    mutating func renew() { epoch = MessageID.makeEpoch() }

    func read(_ request: HistoryRequest, now: Int64) -> HistoryPage {
        let oldest = newest - UInt64(items.count) + 1
        var page = HistoryPage(epoch: epoch, newest: newest, oldest: oldest, items: [])
        guard request.after < newest else { return page }
        let first = max(request.after + 1, oldest)
        var room = request.maximumBytes
        for step in 0..<min(UInt64(request.limit), newest + 1 - first) where room > 0 {
            let offset = request.edge == .oldest ? first + step : newest - step
            let item = items[Int(offset - oldest)]
            let message = item.expiry > now ? item.message : []
            page.items.append(.init(offset: offset, message: message))
            room -= message.count
        }
        if request.edge == .newest { page.items.reverse() }
        return page
    }
}
