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

    private func offered(_ id: MessageID, isBlocked: Bool = false) -> Bool {
        reader.offered(id, isBlocked: isBlocked)
    }

    private func shouldRead(isBlocked: Bool = false) -> Bool { reader.shouldRead(isBlocked: isBlocked) }

    private func page(_ end: UInt64, _ epoch: String = "a", hasMore: Bool = false) -> InboxPage {
        InboxPage(notifications: [], end: id(end, epoch), hasMore: hasMore, unread: 0, dropped: 0)
    }

    /// Reads a first page that ends at an offset.
    private func begin(_ end: UInt64) {
        reader.lookAgain()
        _ = shouldRead()
        reader.took(page(end))
    }

    @Test("reads once it is told to look, and one page at a time")
    func pages() {
        #expect(!shouldRead())
        reader.lookAgain()
        #expect(!shouldRead(isBlocked: true))
        #expect(shouldRead())
        #expect(!shouldRead())
        reader.took(page(100, hasMore: true))
        #expect(shouldRead())
        reader.took(page(120))
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
        reader.took(page(5))
        #expect(shouldRead(), "the page had no 6")
        reader.took(page(6))
        #expect(!shouldRead())
        #expect(offered(id(7)))
    }

    @Test("does not read again for what a page under way has brought")
    func covered() {
        reader.lookAgain()
        #expect(shouldRead())
        #expect(!offered(id(1)))
        #expect(!offered(id(2)))
        reader.took(page(2))
        #expect(!shouldRead())
    }

    @Test("reads what was signalled while the first page was under way")
    func early() {
        reader.lookAgain()
        #expect(shouldRead())
        #expect(!offered(id(8)))
        reader.took(page(7))
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
        reader.took(page(1, "b"))
        #expect(!shouldRead())
        #expect(offered(id(2, "b")))
        // A signal of the old one that comes late.
        #expect(!offered(id(10)))
        #expect(shouldRead())
        reader.took(page(2, "b"))
        #expect(shouldRead())
        reader.took(page(2, "b"))
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
}
