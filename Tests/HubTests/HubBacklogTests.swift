import Testing
import Wire

@testable import Hub

@Suite("A hub with slow readers")
struct HubBacklogTests {
    private let test = TestHub()
    private let close: [UInt8] = [0x88, 2, 0x0F, 0xA2]

    @Test("writes nothing to a full socket and keeps what it is owed in order")
    func blocked() throws {
        let slow = try test.subscriber()
        let fast = try test.subscriber()
        test.full = [slow]
        for text in ["1", "2", "3"] {
            test.deliver(text)
            test.flush()
        }
        #expect(test.isBlocked(slow) && !test.isIdle(slow))
        #expect(test.bytes(slow) == Frames.native("1"))
        #expect(test.bytes(fast) == Frames.native("1") + Frames.native("2") + Frames.native("3"))
        #expect(test.hub.backlogCount(slow) == 2 * Frames.native("2").count)

        #expect(test.becomeWritable(slow))
        #expect(test.bytes(slow) == test.bytes(fast))
        #expect(test.isIdle(slow) && test.hub.backlogCount(slow) == 0)
        test.deliver("4")
        test.flush()
        #expect(test.bytes(slow) == test.bytes(fast))
    }

    @Test("stops in a backlog where the socket is full again, and goes on from there")
    func blockedAgain() throws {
        let slot = try test.subscriber()
        test.full = [slot]
        for text in ["1", "2", "3"] {
            test.deliver(text)
            test.flush()
        }
        test.full = [slot]
        #expect(!test.becomeWritable(slot))
        #expect(test.bytes(slot) == Frames.native("1") + Frames.native("2"))
        test.deliver("4")
        test.flush()
        #expect(test.becomeWritable(slot))
        #expect(test.bytes(slot) == ["1", "2", "3", "4"].flatMap { Frames.native($0) })
    }

    @Test("puts what this turn owes behind the backlog when the socket becomes writable in between")
    func writableWithinTurn() throws {
        let slot = try test.subscriber()
        test.full = [slot]
        for text in ["1", "2"] {
            test.deliver(text)
            test.flush()
        }
        test.deliver("3")
        #expect(test.becomeWritable(slot))
        #expect(test.bytes(slot) == Frames.native("1") + Frames.native("2"))
        #expect(!test.isIdle(slot))
        test.flush()
        #expect(test.bytes(slot) == ["1", "2", "3"].flatMap { Frames.native($0) })
    }

    @Test("keeps the rest of a turn whose first write filled the socket")
    func blockedWithinTurn() throws {
        let slot = test.connect()
        let parts = (0..<4).map { [UInt8](repeating: UInt8($0), count: Hub.gatherSize) }
        for part in parts { test.hub.send(Batch(part), to: slot) }
        test.full = [slot]
        test.flush()
        #expect(test.bytes(slot) == parts[0])
        #expect(test.hub.backlogCount(slot) == 3 * Hub.gatherSize)
        #expect(test.becomeWritable(slot))
        #expect(test.bytes(slot) == Array(parts.joined()))
    }

    @Test("closes a slow reader beyond its limit, and not at it")
    func limit() throws {
        let slot = try test.subscriber()
        let frame = Frames.native("x")
        test.hub.setLimit(3 * frame.count, slot: slot)
        test.full = [slot]
        test.deliver("x")
        test.flush()
        for _ in 0..<3 {
            test.deliver("x")
            test.flush()
            #expect(test.overflows.isEmpty)
        }
        #expect(test.hub.backlogCount(slot) == 3 * frame.count)
        test.send([1], to: slot)
        test.flush()
        #expect(test.overflows == [slot])
        #expect(test.hub.backlogCount(slot) == 0)
    }

    @Test("does not hold a connection's unsent bytes against it before it has a limit")
    func noLimit() {
        let slot = test.connect()
        test.full = [slot]
        test.send([1], to: slot)
        test.flush()
        test.hub.send(Batch([UInt8](repeating: 1, count: 10_000_000)), to: slot)
        test.flush()
        #expect(test.overflows.isEmpty && test.hub.backlogCount(slot) == 10_000_000)
        test.hub.setLimit(100, slot: slot)
        test.send([2], to: slot)
        test.flush()
        #expect(test.overflows == [slot])
    }

    @Test("does not count what a socket took at once towards the limit")
    func takenAtOnce() {
        let slot = test.connect()
        test.hub.setLimit(10, slot: slot)
        test.send([UInt8](repeating: 1, count: 1000), to: slot)
        test.full = [slot]
        test.flush()
        #expect(test.overflows.isEmpty && test.bytes(slot).count == 1000)
    }

    @Test("sends an overflown connection its close frame and nothing more")
    func overflown() throws {
        let slot = try test.subscriber()
        let other = try test.subscriber()
        test.hub.setLimit(0, slot: slot)
        test.full = [slot]
        test.deliver("1")
        test.flush()
        test.deliver("2")
        test.flush()
        #expect(test.overflows == [slot])
        test.hub.sendLast(close, to: slot)
        test.deliver("3")
        test.flush()
        #expect(test.overflows.isEmpty)
        #expect(test.becomeWritable(slot))
        test.deliver("4")
        test.send([9], to: slot)
        test.flush()
        #expect(test.bytes(slot) == Frames.native("1") + close)
        #expect(test.isIdle(slot))
        #expect(test.bytes(other) == ["1", "2", "3", "4"].flatMap { Frames.native($0) })
    }

    @Test("gives the next tenant of a slot a clean start")
    func nextTenant() throws {
        let slot = try test.subscriber()
        test.hub.setLimit(0, slot: slot)
        test.full = [slot]
        test.deliver("1")
        test.flush()
        test.deliver("2")
        test.flush()
        #expect(test.overflows == [slot])
        test.disconnect(slot)
        let next = try test.subscriber()
        #expect(next == slot)
        #expect(test.isIdle(next) && test.hub.backlogCount(next) == 0)
        test.full = [next]
        test.deliver("3")
        test.flush()
        test.deliver("4")
        test.flush()
        #expect(test.overflows.isEmpty)
        #expect(test.becomeWritable(next))
        #expect(test.bytes(next) == Frames.native("3") + Frames.native("4"))
    }

    @Test("forgets what a connection was owed when it goes, in the turn and in the backlog")
    func disconnecting() throws {
        let slot = try test.subscriber()
        let other = try test.subscriber()
        test.full = [slot]
        test.deliver("1")
        test.flush()
        test.deliver("2")
        test.flush()
        test.deliver("3")
        test.disconnect(slot)
        #expect(test.connect() == slot)
        test.send([5], to: slot)
        test.flush()
        #expect(test.bytes(slot) == [5])
        #expect(test.bytes(other) == ["1", "2", "3"].flatMap { Frames.native($0) })
    }

    @Test("shares one batch among the backlogs of many slow readers")
    func sharedBacklogs() throws {
        let slots = try (0..<20).map { _ in try test.subscriber() }
        test.full = Set(slots)
        test.deliver("1")
        test.flush()
        test.deliver(String(repeating: "x", count: 10_000))
        test.flush()
        var batches: Set<ObjectIdentifier> = []
        for slot in slots {
            let next = test.hub.nextBacklogWrite(slot)
            batches.insert(ObjectIdentifier(try #require(next).batch))
        }
        #expect(batches.count == 1)
    }

    @Test("does not let a slow reader's few bytes keep a large buffer alive")
    func capacity() throws {
        let busy = try test.subscriber(to: "busy")
        let slow = try test.subscriber()
        test.full = [slow]
        test.deliver("1")
        test.flush()
        // A turn makes a large batch; the next turn uses it again for a few bytes that have to wait.
        for _ in 0..<20 {
            test.deliver(String(repeating: "x", count: 200_000), to: "busy")
            test.flush()
            test.deliver("2")
            test.flush()
        }
        #expect(test.bytes(busy).count > 20 * 200_000)
        var kept = 0
        while let (batch, range) = test.hub.nextBacklogWrite(slow) {
            #expect(range.count == Frames.native("2").count)
            kept += batch.bytes.capacity
            test.hub.wrote(slow, isBlocked: false)
        }
        #expect(kept <= 20 * 4 * Frames.native("2").count)
    }
}
