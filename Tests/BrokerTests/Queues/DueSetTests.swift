import TestSupport
import Testing

@testable import Broker

@Suite("A due set")
struct DueSetTests {
    @Test("gives out what is due by time, then by number")
    func order() {
        var set = DueSet()
        for (number, due) in [(5, 10), (1, 30), (3, 10), (2, 20), (4, 10)] as [(UInt64, Int64)] {
            set.set(number, due: due)
        }
        #expect(set.next == 10 && set.count == 5)
        set.set(3, due: 40)
        set.remove(9)
        #expect(set.takeDue(now: 9) == [])
        #expect(set.takeDue(now: 20) == [4, 5, 2])
        #expect(!set.contains(4) && set.contains(3) && set.next == 30)
        set.remove(1)
        #expect(set.takeDue(now: 100) == [3])
        #expect(set.next == nil && set.count == 0)
    }

    @Test("does as a dictionary would")
    func model() {
        var generator = SeededGenerator(seed: 3)
        var set = DueSet()
        var model: [UInt64: Int64] = [:]
        for _ in 0..<2_000 {
            let number = UInt64(generator.number(0..<40))
            let time = Int64(generator.number(0..<100))
            switch generator.number(0..<8) {
            case 0..<5:
                set.set(number, due: time)
                model[number] = time
            case 5, 6:
                set.remove(number)
                model[number] = nil
            default:
                let due = model.filter { $0.value <= time }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
                #expect(set.takeDue(now: time) == due.map(\.key))
                model = model.filter { $0.value > time }
            }
            #expect(set.count == model.count && set.next == model.values.min())
            #expect(set.contains(number) == (model[number] != nil))
        }
    }
}
