import Testing

@testable import EventLoop

struct FileLimitTests {
    @Test("the limit is raised as far as it goes, and tells the truth afterwards")
    func raise() throws {
        let raised = try FileLimit.raise()
        #expect(raised.soft >= min(raised.hard, FileLimit.enough))
        #expect(try FileLimit.current() == raised)
        #expect(try FileLimit.raise() == raised)
    }

    @Test("connections are what the server's own files leave")
    func connections() {
        #expect(FileLimit(soft: 1024, hard: 4096).connections(workers: 2) == 896)
        #expect(FileLimit(soft: 100, hard: 100).connections(workers: 2) == 0)
    }
}
