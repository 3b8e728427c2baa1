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
        #expect(FileLimit(soft: 1024, hard: 4096).connections(workers: 2) == 880)
        #expect(FileLimit(soft: 100, hard: 100).connections(workers: 2) == 0)
        #expect(FileLimit(soft: 1 << 16, hard: 1 << 16).refused == 1_024)
    }

    @Test("the limit asked for is enough", arguments: [1, 63, 64, 1_000, 65_000, 1_000_000])
    func files(connections: Int) {
        let files = FileLimit.files(connections: connections, workers: 2)
        #expect(FileLimit(soft: files, hard: files).connections(workers: 2) >= connections)
        #expect(files <= connections + connections / 60 + 132)
    }
}
