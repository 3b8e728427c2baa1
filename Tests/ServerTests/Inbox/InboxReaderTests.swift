import Broker
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("The reader of an inbox")
final class InboxReaderTests {
    private var reader = InboxReader(device: .defaultDevice)

    private func id(_ offset: UInt64, _ epoch: String = "a") -> MessageID {
        MessageID(offset: offset, epoch: epoch)
    }

    private func notification(_ id: MessageID, _ text: String = "") -> [UInt8] {
        Array(#"{"type":"notification","id":"\#(id)","data":"\#(text)"}"#.utf8)
    }

    private func offered(_ id: MessageID, isBlocked: Bool = false) -> Bool {
        let bytes = notification(id)
        return reader.offered(id, bytes.span, isBlocked: isBlocked)
    }

    private func took(_ page: InboxPage) -> [String] {
        reader.took(page).map { String(decoding: $0, as: UTF8.self) }
    }

    private func shouldRead(isBlocked: Bool = false) -> Bool { reader.shouldRead(isBlocked: isBlocked) }

    private func page(_ end: UInt64, _ epoch: String = "a", hasMore: Bool = false) -> InboxPage {
        InboxPage(notifications: [], end: id(end, epoch), hasMore: hasMore, unread: 0, dropped: 0)
    }

    /// Reads a first page that ends at an offset.
    private func begin(_ end: UInt64) {
        reader.lookAgain()
        _ = shouldRead()
        _ = took(page(end))
    }

    @Test("reads once it is told to look, and one page at a time")
    func pages() {
        #expect(!shouldRead())
        reader.lookAgain()
        #expect(!shouldRead(isBlocked: true))
        #expect(shouldRead())
        #expect(!shouldRead())
        _ = took(page(100, hasMore: true))
        #expect(shouldRead())
        _ = took(page(120))
        #expect(!shouldRead())
        #expect(reader.position == id(120))
    }

    @Test("sends what is next in line, and nothing twice")
    func live() {
        begin(3)
        #expect(offered(id(4)))
        #expect(!offered(id(4)))
        #expect(!offered(id(2)))
        #expect(!shouldRead(), "there is nothing that it has not had")
        #expect(offered(id(5)))
    }

    @Test("reads when one was missed")
    func gap() {
        begin(3)
        #expect(!offered(id(5)))
        #expect(shouldRead())
        #expect(!offered(id(6)), "a page is under way")
        _ = took(page(5))
        #expect(shouldRead(), "the page had no 6")
        _ = took(page(6))
        #expect(!shouldRead())
        #expect(offered(id(7)))
    }

    @Test("does not read again for what a page under way has brought")
    func covered() {
        reader.lookAgain()
        #expect(shouldRead())
        #expect(!offered(id(1)))
        #expect(!offered(id(2)))
        _ = took(page(2))
        #expect(!shouldRead())
    }

    @Test("reads what was signalled while the first page was under way")
    func early() {
        reader.lookAgain()
        #expect(shouldRead())
        #expect(!offered(id(8)))
        _ = took(page(7))
        #expect(shouldRead())
    }

    @Test("waits while the socket is full, then reads")
    func blocked() {
        begin(0)
        #expect(!offered(id(1), isBlocked: true))
        #expect(!shouldRead(isBlocked: true))
        #expect(!offered(id(2)), "1 must come first")
        #expect(shouldRead())
    }

    @Test("follows an inbox that has begun anew, and comes to rest")
    func epochs() {
        begin(9)
        #expect(!offered(id(1, "b")))
        #expect(shouldRead())
        _ = took(page(1, "b"))
        #expect(!shouldRead())
        #expect(offered(id(2, "b")))
        // A signal of the old one that comes late.
        #expect(!offered(id(10)))
        #expect(shouldRead())
        _ = took(page(2, "b"))
        #expect(shouldRead())
        _ = took(page(2, "b"))
        #expect(!shouldRead())
        #expect(reader.position == id(2, "b"))
    }

    @Test("tries again after a failure")
    func failure() {
        reader.lookAgain()
        #expect(shouldRead())
        reader.failed()
        #expect(shouldRead())
        #expect(reader.position == nil)
    }

    private func page(_ end: UInt64, _ notifications: [[UInt8]], hasMore: Bool = false) -> InboxPage {
        InboxPage(notifications: notifications, end: id(end), hasMore: hasMore, unread: 0, dropped: 0)
    }

    @Test("after a loss it compares, and sends what has taken the offset of another")
    func fork() {
        begin(3)
        for offset: UInt64 in 4...6 { #expect(offered(id(offset))) }
        reader.lookAgainAfterLoss()
        #expect(shouldRead())
        #expect(reader.readAfter == id(3))
        // The new master had not heard of 5 and 6, and has given 5 to another.
        let other = notification(id(5), "other")
        #expect(took(page(5, [notification(id(4)), other])) == [String(decoding: other, as: UTF8.self)])
        #expect(reader.position == id(5))
        #expect(offered(id(6)))
        reader.lookAgainAfterLoss()
        #expect(shouldRead())
        #expect(took(page(6, [notification(id(4)), other, notification(id(6))])) == [])
    }

    @Test("compares over several pages, and does so again if the page could not be had")
    func comparing() {
        begin(0)
        for offset: UInt64 in 1...3 { #expect(offered(id(offset))) }
        reader.lookAgainAfterLoss()
        #expect(shouldRead())
        reader.failed()
        #expect(shouldRead())
        #expect(reader.readAfter == id(0))
        #expect(took(page(1, [notification(id(1))], hasMore: true)) == [])
        #expect(shouldRead())
        #expect(reader.readAfter == id(1))
        #expect(took(page(4, (2...4).map { notification(id($0)) })).count == 1)
        #expect(reader.position == id(4))
    }

    @Test("begins with what is not acknowledged if it has sent nothing before the loss")
    func nothingSent() {
        begin(7)
        reader.lookAgainAfterLoss()
        #expect(shouldRead())
        #expect(reader.readAfter == nil)
    }

    @Test("remembers a bounded number")
    func bounded() {
        begin(0)
        for offset: UInt64 in 1...10_000 { #expect(offered(id(offset))) }
        reader.lookAgainAfterLoss()
        #expect(shouldRead())
        #expect((reader.readAfter?.offset ?? 0) > UInt64(10_000 - 2 * InboxReader.leastMarks))
        #expect((reader.readAfter?.offset ?? 0) <= UInt64(10_000 - InboxReader.leastMarks))
    }
}
