import Testing

@testable import Server

@Suite("A farewell")
struct FarewellTests {
    @Test("is spread over its time")
    func spread() {
        var farewell = Farewell(Array(0..<10_000), busy: [], time: 10_000)
        var told: [Int] = []
        for elapsed in stride(from: UInt64(0), to: 10_000, by: 10) {
            let now = farewell.next(after: elapsed) { _ in false }
            #expect(now.count <= 11)
            told += now
            #expect(abs(told.count - Int(elapsed)) <= 2)
        }
        told += farewell.next(after: 10_000) { _ in false }
        #expect(told == Array(0..<10_000))
        #expect(farewell.isOver)
    }

    @Test("keeps few clients no longer than it must")
    func few() {
        var farewell = Farewell(Array(0..<20), busy: [], time: 60_000)
        #expect(farewell.next(after: 0) { _ in false } == [0])
        #expect(farewell.next(after: 100) { _ in false }.count == 10)
        #expect(farewell.next(after: 200) { _ in false }.count == 9)
        #expect(farewell.isOver)
    }

    @Test("tells all at once when there is no time")
    func none() {
        var farewell = Farewell(Array(0..<500), busy: [3], time: 0)
        #expect(farewell.next(after: 0) { _ in true }.count == 500)
        #expect(farewell.isOver)
    }

    @Test("lets those finish who have something to finish, but not for ever")
    func busy() {
        var farewell = Farewell(Array(0..<4), busy: [1, 2], time: 1_000)
        var busy: Set = [1, 2]
        #expect(farewell.next(after: 100) { busy.contains($0) } == [0, 3])
        #expect(farewell.next(after: 200) { busy.contains($0) } == [])
        busy.remove(2)
        #expect(farewell.next(after: 300) { busy.contains($0) } == [2])
        #expect(!farewell.isOver)
        #expect(farewell.next(after: 1_000) { busy.contains($0) } == [1])
        #expect(farewell.isOver)
    }

    @Test("of nobody is over at once")
    func nobody() {
        #expect(Farewell<Int>([], busy: [], time: 1_000).isOver)
    }
}
