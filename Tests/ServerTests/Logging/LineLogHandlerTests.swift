import Glibc
import Logging
import Testing

@testable import Server

struct LineLogHandlerTests {
    @Test("an event's own fields win over the provider's, and those over the logger's")
    func precedence() throws {
        let pipe = try Pipe()
        var handler = LineLogHandler(
            output: LogOutput(descriptor: pipe.writeEnd, format: .text), level: LogLevel(.info),
            metadataProvider: Logger.MetadataProvider { ["a": "provider", "b": "provider"] })
        handler[metadataKey: "a"] = "logger"
        handler[metadataKey: "c"] = "logger"
        let logger = Logger(label: "test") { _ in handler }
        logger.info("hello", metadata: ["b": "event"])
        logger.debug("not said")
        #expect(pipe.text().hasSuffix("Z info hello a=provider b=event c=logger\n"))
    }

    @Test("lines of several threads do not mix")
    func threads() async throws {
        let pipe = try Pipe()
        let handler = LineLogHandler(
            output: LogOutput(descriptor: pipe.writeEnd, format: .json), level: LogLevel(.info))
        let logger = Logger(label: "test") { _ in handler }
        let filler = String(repeating: "x", count: 500)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<10 { logger.info("m", metadata: ["task": "\(task)", "x": "\(filler)"]) }
                }
            }
        }
        let lines = pipe.text().split(separator: "\n")
        #expect(lines.count == 80)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"time\":") && $0.hasSuffix("\(filler)\"}") })
    }

    @Test("a log that cannot be written is no reason to stop")
    func closed() {
        LogOutput(descriptor: -1, format: .text).write(Array("x\n".utf8))
    }

    @Test("standard error is the journal only if systemd says so of this very file")
    func journal() throws {
        var status = stat()
        try #require(unsafe fstat(STDERR_FILENO, &status) == 0)
        let own = "\(status.st_dev):\(status.st_ino)"
        #expect(LogOutput.standardError(format: .text, journalStream: own).isJournal)
        #expect(!LogOutput.standardError(format: .text, journalStream: "1:\(own)").isJournal)
        #expect(!LogOutput.standardError(format: .text).isJournal)
    }
}

/// A pipe that holds what was logged (64 KiB, pipe(7)).
private final class Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        readEnd = ends[0]
        writeEnd = ends[1]
        try #require(fcntl(readEnd, F_SETFL, O_NONBLOCK) == 0)
    }

    func text() -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe read(readEnd, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }
}
