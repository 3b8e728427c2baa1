import DequeModule
import Wire

/// One user's inbox in memory. Pure; every method wants to be told the time first: `advance`.
struct MemoryInbox {
    private struct Item {
        let offset: UInt64
        let notification: [UInt8]
        let expiry: Int64
    }

    private struct Device {
        var cursor: UInt64 = 0
        var seen: Int64
    }

    let epoch: String
    private var newest: UInt64 = 0
    /// By offset, not without holes.
    private var items: Deque<Item> = []
    private var devices: [DeviceName: Device] = [:]
    /// What the user has read: everything up to here.
    private var read: UInt64 = 0
    private var dropped = 0
    /// When the first of the items expires.
    private var nextExpiry = Int64.max
    /// When all of it may go, as nobody uses it any more.
    private(set) var expiry: Int64 = 0

    init(epoch: String) { self.epoch = epoch }

    private func id(_ offset: UInt64) -> MessageID { MessageID(offset: offset, epoch: epoch) }

    private var unread: Int { items.count - firstIndex(after: read) }

    /// Lets go of what has expired, and forgets devices that were not seen for long.
    mutating func advance(to now: Int64, _ rule: InboxRule) {
        if nextExpiry <= now {
            items.removeAll { $0.expiry <= now }
            nextExpiry = items.lazy.map(\.expiry).min() ?? .max
        }
        let isForgotten = { (device: Device) in device.seen + rule.timeToLive <= now }
        if devices.values.contains(where: isForgotten) {
            devices = devices.filter { !isForgotten($0.value) }
            removeAcknowledged()
        }
        expiry = max(expiry, now + rule.timeToLive)
    }

    mutating func append(_ request: NotifyRequest, now: Int64) -> (id: MessageID, notification: [UInt8]) {
        newest += 1
        var notification: [UInt8] = []
        NotificationEncoder.append(request.notification.span, id: id(newest), to: &notification)
        let ends = now + (request.timeToLive ?? request.rule.timeToLive)
        items.append(Item(offset: newest, notification: notification, expiry: ends))
        nextExpiry = min(nextExpiry, ends)
        expiry = max(expiry, ends)
        while items.count > request.rule.size {
            items.removeFirst()
            dropped += 1
        }
        return (id(newest), notification)
    }

    mutating func page(_ request: InboxRequest, now: Int64) -> InboxPage {
        see(request.device, now)
        var position = devices[request.device]?.cursor ?? 0
        if let after = request.after, after.epoch == epoch { position = after.offset }
        var page = InboxPage(
            notifications: [], end: id(newest), hasMore: false, unread: unread, dropped: dropped)
        var room = request.maximumBytes
        for item in items[firstIndex(after: position)...] {
            guard room > 0, page.notifications.count < request.limit else {
                page.hasMore = true
                page.end = id(position)
                break
            }
            page.notifications.append(item.notification)
            position = item.offset
            room -= item.notification.count
        }
        return page
    }

    /// - Returns: the device's mark, and the user's if that has moved; `nil` for an id that was not given out.
    mutating func acknowledge(
        _ request: AcknowledgeRequest, now: Int64
    ) -> (mark: InboxMark, moved: InboxMark?)? {
        guard request.id.epoch == epoch, request.id.offset <= newest else { return nil }
        see(request.device, now)
        let cursor = max(devices[request.device]?.cursor ?? 0, request.id.offset)
        devices[request.device]?.cursor = cursor
        let hasMoved = cursor > read
        read = max(read, cursor)
        removeAcknowledged()
        let unread = unread
        return (
            InboxMark(id: id(cursor), unread: unread),
            hasMoved ? InboxMark(id: id(read), unread: unread) : nil
        )
    }

    private mutating func see(_ device: DeviceName, _ now: Int64) {
        devices[device, default: Device(seen: now)].seen = now
        guard devices.count > InboxRule.maximumDevices,
            let oldest = devices.filter({ $0.key != device }).min(by: { $0.value.seen < $1.value.seen })
        else { return }
        devices[oldest.key] = nil
    }

    /// Lets go of what every device has acknowledged.
    private mutating func removeAcknowledged() {
        guard let lowest = devices.values.lazy.map(\.cursor).min() else { return }
        items.removeFirst(firstIndex(after: lowest))
    }

    /// Where the first item behind an offset is.
    private func firstIndex(after offset: UInt64) -> Int {
        var (low, high) = (0, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle].offset > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
