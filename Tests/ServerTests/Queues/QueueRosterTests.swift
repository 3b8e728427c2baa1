import Hub
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("A queue's roster")
struct QueueRosterTests {
    private let alice = ConnectionID(slot: 1, generation: 0)
    private let bob = ConnectionID(slot: 2, generation: 0)
    private let carol = ConnectionID(slot: 3, generation: 5)

    private func id(_ number: UInt64) -> JobID { JobID(number: number, attempt: 1) }

    /// Takes slots and fills them all; who got the jobs.
    private func fill(_ roster: inout QueueRoster, _ maximum: Int, from number: UInt64) -> [ConnectionID] {
        let slots = roster.takeSlots(maximum) { _ in true }
        for (index, slot) in slots.enumerated() {
            let isGiven = roster.give(id(number + UInt64(index)), to: slot, now: 0)
            #expect(isGiven)
        }
        return slots.map(\.connection)
    }

    @Test("deals jobs out in turn, to each no more than its credit")
    func turns() {
        var roster = QueueRoster()
        roster.work(alice, credit: 3, lease: 10)
        roster.work(bob, credit: 1, lease: 10)
        roster.work(carol, credit: 2, lease: 10)
        #expect(fill(&roster, 9, from: 1) == [alice, bob, carol, alice, carol, alice])
        #expect(fill(&roster, 9, from: 9).isEmpty)
        #expect(roster.drop(id(2)) == bob)
        #expect(roster.drop(id(2)) == nil)
        #expect(fill(&roster, 9, from: 20) == [bob])
        roster.work(bob, credit: 2, lease: 10)
        #expect(fill(&roster, 9, from: 30) == [bob])
    }

    @Test("with one job at a time, each has a turn")
    func fair() {
        var roster = QueueRoster()
        for connection in [alice, bob, carol] { roster.work(connection, credit: 100, lease: 10) }
        var got: [ConnectionID] = []
        for number in 0..<9 {
            let slots = roster.takeSlots(500) { _ in true }
            #expect(slots.count == 300 - got.count)
            if roster.give(id(UInt64(number)), to: slots[0], now: 0) { got.append(slots[0].connection) }
        }
        #expect(got == [alice, bob, carol, alice, bob, carol, alice, bob, carol])
    }

    @Test("each gets the lease that it asked for; requests go first")
    func leases() {
        var roster = QueueRoster()
        roster.work(alice, credit: 1, lease: 10)
        roster.wait(bob, lease: 20, until: 5)
        roster.wait(bob, lease: 30, until: 6)
        let slots = roster.takeSlots(9) { _ in true }
        #expect(slots.map(\.lease) == [20, 10] && slots.map(\.isWaiter) == [true, false])
        #expect(roster.give(id(1), to: slots[0], now: 0) == true)
        #expect(roster.give(id(2), to: slots[0], now: 0) == false)
        #expect(roster.give(id(3), to: slots[1], now: 100) == true)
        #expect(roster.leaseEnd(of: id(3)) == 110)
        #expect(roster.leaseEnd(of: id(1)) == nil)
    }

    @Test("who is gone gets nothing, and what it had is named in order")
    func gone() {
        var roster = QueueRoster()
        roster.work(alice, credit: 9, lease: 10)
        let slots = roster.takeSlots(9) { _ in true }
        for number in [3, 1, 2] as [UInt64] { #expect(roster.give(id(number), to: slots[0], now: 0) == true) }
        #expect(roster.remove(alice) == [id(1), id(2), id(3)])
        #expect(roster.give(id(4), to: slots[3], now: 0) == false)
        #expect(roster.isEmpty)
        #expect(roster.remove(alice).isEmpty)
        roster.wait(bob, lease: 1, until: 9)
        let more = roster.takeSlots(9) { _ in true }
        #expect(roster.removeWaiter(bob) == true)
        #expect(roster.give(id(5), to: more[0], now: 0) == false)
    }

    @Test("less credit, or none, ends new jobs and keeps the old ones")
    func lessCredit() {
        var roster = QueueRoster()
        roster.work(alice, credit: 2, lease: 10)
        #expect(fill(&roster, 9, from: 1) == [alice, alice])
        roster.work(alice, credit: 0, lease: 10)
        #expect(roster.takeSlots(9) { _ in true }.isEmpty)
        roster.drop(id(1))
        #expect(!roster.isEmpty)
        roster.drop(id(2))
        #expect(roster.isEmpty)
        roster.work(bob, credit: 0, lease: 10)
        #expect(roster.isEmpty)
    }

    @Test("a consumer that cannot take more now is passed over")
    func notReady() {
        var roster = QueueRoster()
        roster.work(alice, credit: 2, lease: 10)
        roster.work(bob, credit: 1, lease: 10)
        #expect(roster.takeSlots(9) { $0 != alice }.map(\.connection) == [bob])
    }

    @Test("leases that end are dropped, and make room")
    func ended() {
        var roster = QueueRoster()
        roster.work(alice, credit: 2, lease: 10)
        #expect(fill(&roster, 1, from: 1) == [alice])
        roster.hold(id(2), alice, until: 50)
        #expect(roster.dropEnded(now: 9) == false)
        #expect(roster.dropEnded(now: 10) == true)
        #expect(roster.leaseEnd(of: id(1)) == nil && roster.leaseEnd(of: id(2)) == 50)
        #expect(roster.takeSlots(9) { _ in true }.count == 1)
    }

    @Test("a request whose time is up is told so, but not before a job was looked for")
    func requests() {
        var roster = QueueRoster()
        roster.wait(alice, lease: 10, until: 0)
        #expect(roster.takeExpiredWaiters(now: 5).isEmpty)
        _ = roster.takeSlots(9) { _ in true }
        roster.wait(bob, lease: 10, until: 100)
        #expect(roster.takeExpiredWaiters(now: 5) == [alice])
        _ = roster.takeSlots(9) { _ in true }
        #expect(roster.takeExpiredWaiters(now: 99).isEmpty)
        #expect(roster.removeWaiters() == [bob])
        #expect(roster.isEmpty)
    }

    @Test("whatever happens, nobody has more than its credit, and every job one holder")
    func random() {
        var generator = SeededGenerator(seed: 11)
        var roster = QueueRoster()
        var number: UInt64 = 0
        var held: [JobID: ConnectionID] = [:]
        var credits: [ConnectionID: Int] = [:]
        for _ in 0..<3_000 {
            let connection = ConnectionID(slot: UInt32(generator.number(0..<6)), generation: 0)
            switch generator.number(0..<6) {
            case 0:
                let credit = generator.number(0..<5)
                roster.work(connection, credit: credit, lease: 10)
                credits[connection] = credit
            case 1:
                let had = roster.remove(connection)
                #expect(Set(had) == Set(held.filter { $0.value == connection }.keys))
                held = held.filter { $0.value != connection }
                credits[connection] = 0
            case 2, 3:
                for slot in roster.takeSlots(generator.number(1..<9), isReady: { _ in true }) {
                    number += 1
                    guard roster.give(id(number), to: slot, now: 0) else { continue }
                    held[id(number)] = slot.connection
                    let count = held.values.count { $0 == slot.connection }
                    #expect(count <= credits[slot.connection] ?? 0)
                }
            default:
                guard let job = held.keys.randomElement(using: &generator) else { continue }
                #expect(roster.drop(job) == held.removeValue(forKey: job))
            }
        }
    }
}
