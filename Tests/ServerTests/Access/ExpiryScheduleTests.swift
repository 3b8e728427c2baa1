import TestSupport
import Testing

@testable import Server

struct ExpiryScheduleTests {
    @Test("everybody is handed out once, in the order of their seconds, and not before")
    func order() {
        var schedule = ExpirySchedule<String>()
        schedule.add("b", at: 12)
        schedule.add("a", at: 10)
        schedule.add("c", at: 5_000)
        #expect(schedule.due(at: 9) == [])
        #expect(schedule.due(at: 12) == ["a", "b"])
        #expect(schedule.due(at: 12) == [])
        #expect(!schedule.isEmpty)
        #expect(schedule.due(at: 10_000) == ["c"])
        #expect(schedule.isEmpty)
    }

    @Test("who is moved or removed is not handed out at the old time")
    func moved() {
        var schedule = ExpirySchedule<String>()
        schedule.add("a", at: 10)
        schedule.add("b", at: 10)
        schedule.add("a", at: 20)
        schedule.remove("b")
        schedule.remove("nobody")
        #expect(schedule.due(at: 15) == [])
        #expect(schedule.due(at: 20) == ["a"])
    }

    @Test("who is added for a second that is over is due at once")
    func late() {
        var schedule = ExpirySchedule<Int>()
        schedule.add(1, at: 10)
        #expect(schedule.due(at: 20) == [1])
        schedule.add(2, at: 3)
        #expect(schedule.due(at: 20) == [2])
    }

    @Test("any order of calls gives what a list would")
    func model() throws {
        try Fuzz.run(500, seeds: [[0]]) { _, random in
            var schedule = ExpirySchedule<Int>()
            var model: [Int: Int64] = [:]
            var now: Int64 = 0
            for _ in 0..<60 {
                let key = random.number(0..<8)
                switch random.number(0..<4) {
                case 0, 1:
                    let second = now + Int64(random.number(0..<6)) - 2
                    schedule.add(key, at: second)
                    model[key] = second
                case 2:
                    schedule.remove(key)
                    model[key] = nil
                default:
                    now += random.isOne(in: 10) ? 5_000 : Int64(random.number(0..<4))
                    let due = Set(schedule.due(at: now))
                    guard due == Set(model.filter { $0.value <= now }.keys) else { return "\(due) at \(now)" }
                    for key in due { model[key] = nil }
                }
                guard schedule.isEmpty == model.isEmpty else { return "is empty: \(schedule.isEmpty)" }
            }
            return nil
        }
    }
}
