import TestSupport
import Testing
import Wire

@testable import Broker

/// The rules of inboxes, at times that the test says.
@Suite("Inboxes in memory")
final class MemoryInboxesTests {
    private var inboxes = MemoryInboxes()
    private let rule = InboxRule(size: 1_000, timeToLive: 60_000)

    private func request(
        _ text: String, _ user: String = "alice", timeToLive: Int64? = nil, key: String? = nil
    ) -> NotifyRequest {
        NotifyRequest(
            user: UserName(user), notification: InboxFixture.notification(text), timeToLive: timeToLive,
            idempotencyKey: key.map { Array($0.utf8) }, rule: rule)
    }

    private func wanted(_ device: String = "phone", after: MessageID? = nil) -> InboxRequest {
        InboxRequest(user: UserName("alice"), device: DeviceName(device), after: after, rule: rule)
    }

    private func notify(_ request: NotifyRequest, now: Int64) -> (id: MessageID, signal: InboxSignal?) {
        inboxes.notify(request, now: now)
    }

    private func read(_ request: InboxRequest, now: Int64) -> InboxPage {
        inboxes.read(request, now: now)
    }

    @Test("a notification is there until the millisecond in which its time is over")
    func expiry() {
        _ = notify(request("short", timeToLive: 1_000), now: 5_000)
        _ = notify(request("standard"), now: 5_000)
        #expect(read(wanted(), now: 5_999).texts == ["short", "standard"])
        let page = read(wanted(), now: 6_000)
        #expect(page.texts == ["standard"])
        #expect(page.unread == 1)
        #expect(read(wanted(), now: 64_999).texts == ["standard"])
        #expect(read(wanted(), now: 65_000).texts.isEmpty)
        #expect(read(wanted(), now: 65_000).dropped == 0, "expired is not dropped")
    }

    @Test("an inbox that nobody uses ends with its last notification, and begins anew with another epoch")
    func end() {
        let first = notify(request("1", timeToLive: 100_000), now: 0).id
        #expect(notify(request("2"), now: 99_999).id == MessageID(offset: 2, epoch: first.epoch))
        let later = notify(request("3"), now: 99_999 + 60_000).id
        #expect(later.offset == 1)
        #expect(later.epoch != first.epoch)
    }

    @Test("an idempotency key is remembered for five minutes")
    func key() {
        let first = notify(request("1", timeToLive: 1_000_000, key: "k"), now: 0)
        #expect(first.signal != nil)
        let second = notify(request("1", key: "k"), now: 299_999)
        #expect(second.id == first.id)
        #expect(second.signal == nil)
        #expect(notify(request("1", key: "k"), now: 300_000).id.offset == 2)
    }

    @Test("devices are forgotten when their time is over, and what only they still wanted goes")
    func devices() {
        let id = notify(request("1", timeToLive: 1_000_000), now: 0).id
        _ = read(wanted("old"), now: 0)
        let acknowledge = AcknowledgeRequest(
            user: UserName("alice"), device: DeviceName("phone"), id: id, rule: rule)
        _ = inboxes.acknowledge(acknowledge, now: 59_999)
        #expect(read(wanted("second"), now: 59_999).texts == ["1"])
        _ = inboxes.acknowledge(
            AcknowledgeRequest(user: UserName("alice"), device: DeviceName("second"), id: id, rule: rule),
            now: 59_999)
        #expect(read(wanted("third"), now: 60_000).texts.isEmpty)
    }

    @Test("what has ended is swept away")
    func sweep() {
        for number in 0..<3_000 { _ = notify(request("x", "user \(number)"), now: 0) }
        for _ in 0..<6_000 { _ = read(wanted(), now: 60_000) }
        #expect(inboxes.count == 1)
    }

    @Test(
        "after any operations each device is given all that it has not acknowledged, in order",
        arguments: 0..<40)
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var inboxes = MemoryInboxes()
        let rule = InboxRule(size: 20, timeToLive: 10_000)
        let user = UserName("alice")
        let devices = ["a", "b", "c"].map { DeviceName($0) }
        var now: Int64 = 1
        var kept: [(id: MessageID, ends: Int64)] = []
        var cursors: [DeviceName: UInt64] = [:]
        // All are known from the start and seen often enough.
        for device in devices {
            _ = inboxes.read(InboxRequest(user: user, device: device, rule: rule), now: now)
            cursors[device] = 0
        }
        for _ in 0..<400 {
            now += Int64.random(in: 0...50, using: &random)
            kept.removeAll { $0.ends <= now }
            let device = devices[Int.random(in: 0..<3, using: &random)]
            switch Int.random(in: 0..<6, using: &random) {
            case 0...2:
                let life = Int64.random(in: 1...2_000, using: &random)
                let request = NotifyRequest(
                    user: user, notification: InboxFixture.notification("x"), timeToLive: life, rule: rule)
                kept.append((inboxes.notify(request, now: now).id, now + life))
                if kept.count > 20 { kept.removeFirst() }
            case 3:
                guard let id = kept.randomElement(using: &random)?.id else { continue }
                let request = AcknowledgeRequest(user: user, device: device, id: id, rule: rule)
                let mark = inboxes.acknowledge(request, now: now).mark
                cursors[device] = max(cursors[device] ?? 0, id.offset)
                #expect(mark?.id.offset == cursors[device])
            default: break
            }
            let lowest = cursors.values.min() ?? 0
            kept.removeAll { $0.id.offset <= lowest }
            let read = cursors.values.max() ?? 0
            for device in devices {
                let page = inboxes.read(InboxRequest(user: user, device: device, rule: rule), now: now)
                let expected = kept.filter { $0.id.offset > cursors[device] ?? 0 }
                #expect(page.notifications.count == expected.count)
                for (notification, item) in zip(page.notifications, expected) {
                    #expect(String(decoding: notification, as: UTF8.self).contains("\"\(item.id)\""))
                }
                #expect(page.unread == kept.filter { $0.id.offset > read }.count)
            }
        }
    }
}
