import Testing

@testable import Limits

struct LoadShedderTests {
    /// A turn of `length` milliseconds in which so many came.
    private func turn(_ shedder: inout LoadShedder, _ length: UInt64, _ count: Int, at now: UInt64) -> Bool {
        shedder.arrived(count, now: now)
        shedder.turnEnded(length: length)
        return shedder.isShedding
    }

    @Test("a storm that makes several turns late is shed, until some are in time again")
    func storm() {
        var shedder = LoadShedder(lag: 50)
        var found: [Bool] = []
        for length: UInt64 in [60, 60, 60, 60, 20, 20, 20, 20] {
            found.append(turn(&shedder, length, 64 * 3, at: 10_000))
        }
        #expect(found == [false, false, true, true, true, true, false, false])
    }

    @Test("late turns with a pause between them are none too many")
    func recovered() {
        var shedder = LoadShedder(lag: 50)
        for length: UInt64 in [60, 60, 50, 60, 60, 50] { #expect(!turn(&shedder, length, 500, at: 10_000)) }
    }

    @Test("a machine that is slow with few connections sheds none")
    func slowMachine() {
        var shedder = LoadShedder(lag: 50)
        for second in 0..<20 {
            #expect(!turn(&shedder, 900, LoadShedder.crowd / 2, at: UInt64(second) * 1_000))
        }
    }

    @Test("after a pause nothing is left of a storm")
    func pause() {
        var shedder = LoadShedder(lag: 50)
        for _ in 0..<5 { _ = turn(&shedder, 60, 500, at: 10_000) }
        #expect(shedder.isShedding)
        shedder.arrived(1, now: 12_500)
        #expect(!shedder.isShedding)
    }

    @Test("without a limit nothing is shed, from the moment it is taken away")
    func off() {
        var shedder = LoadShedder(lag: 50)
        for _ in 0..<5 { _ = turn(&shedder, 60, 500, at: 10_000) }
        shedder.lag = nil
        #expect(!turn(&shedder, 60, 500, at: 10_000))
    }
}
