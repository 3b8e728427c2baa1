import Testing

@testable import SocketIO

@Suite("Deadlines that lie the same time ahead")
struct DeadlineQueueTests {
    @Test("are due in the order in which they were added, and not before")
    func order() {
        let queue = Held(DeadlineQueue<String>(delay: 100))
        #expect(queue.value.next == nil)
        #expect(queue { $0.take(now: .max) } == nil)
        #expect(queue { $0.add("a", now: 0) } == 100)
        #expect(queue { $0.add("b", now: 0) } == 100)
        #expect(queue { $0.add("c", now: 7) } == 107)
        #expect(queue.value.next == 100)
        #expect(queue { $0.take(now: 99) } == nil)
        #expect(queue { $0.take(now: 100) }?.element == "a")
        #expect(queue { $0.take(now: 105) }?.element == "b")
        #expect(queue { $0.take(now: 105) } == nil)
        #expect(queue.value.next == 107)
        #expect(queue { $0.take(now: 1_000) }?.deadline == 107)
    }
}
