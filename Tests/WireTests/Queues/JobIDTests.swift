import Testing
import Wire

@Suite("A job's id")
struct JobIDTests {
    @Test(
        "reads back as it is written",
        arguments: [(1, 1), (17, 3), (1_763_694_000_123_456, 12), (1 << 53, 1)])
    func roundTrip(_ number: UInt64, _ attempt: Int) {
        let id = JobID(number: number, attempt: attempt)
        #expect(id.description == "\(number)-\(attempt)")
        #expect(JobID(Array(id.description.utf8).span) == id)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "-", "1", "1-", "-1", "0-1", "1-0", "01-1", "1-01", "1-1-1", "1 -1", "+1-1", "1-1\n", "a-1",
            "1-a",
            "9007199254740993-1", "1-4294967296", "99999999999999999999-1", "1_1", "１-1",
        ])
    func refused(_ text: String) {
        #expect(JobID(Array(text.utf8).span) == nil)
    }
}
