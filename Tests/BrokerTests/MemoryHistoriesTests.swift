import Testing
import Wire

@testable import Broker

@Suite("Histories in memory")
struct MemoryHistoriesTests {
    @Test("are bounded in bytes: those go first that would end first")
    func bounded() throws {
        var histories = MemoryHistories(maximumSize: 10_000)
        let rule = HistoryRule(size: 100, timeToLive: 1_000)
        let message = Array(repeating: UInt8(ascii: "x"), count: 900)
        let names = try (0..<50).map { try ChannelName(validating: "c\($0)") }
        for (time, name) in names.enumerated() {
            _ = histories.store(message, in: name, StoreRequest(rule: rule, idPosition: 0), now: Int64(time))
            #expect(histories.size <= 11_000)
        }
        let kept = names.map { !histories.read(HistoryRequest(channel: $0, limit: 1), now: 50).items.isEmpty }
        let first = try #require(kept.firstIndex(of: true))
        #expect(kept[first...].allSatisfy { $0 } && kept.count - first >= 6)
    }

    @Test("give back what is trimmed and what has ended")
    func size() throws {
        var histories = MemoryHistories()
        let chat = try ChannelName(validating: "chat")
        let rule = HistoryRule(size: 2, timeToLive: 10)
        for time in 0..<100 {
            _ = histories.store(
                [1, 2, 3], in: chat, StoreRequest(rule: rule, idPosition: 0), now: Int64(time))
        }
        let full = histories.size
        #expect(full > 0 && full < 1_000)
        // Begun anew.
        _ = histories.store([1], in: chat, StoreRequest(rule: rule, idPosition: 0), now: 1_000)
        #expect(histories.size < full)
    }
}
