import EventLoop
import Glibc
import TestSupport
import Testing

@testable import Client

@Suite("Input and output")
struct OutputTests {
    private func makePipe() -> (reading: Int32, writing: Int32) {
        var pipe: [Int32] = [-1, -1]
        #expect(unsafe Glibc.pipe(&pipe) == 0)
        signal(SIGPIPE, SIG_IGN)
        return (pipe[0], pipe[1])
    }

    @Test("output is written whole, and again after that")
    func written() throws {
        let (reading, writing) = makePipe()
        var output = OutputBuffer(descriptor: writing)
        for text in ["one\n", "", "two\n"] {
            output.bytes += Array(text.utf8)
            try output.flush()
            #expect(output.bytes.isEmpty)
        }
        close(writing)
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = unsafe read(reading, &bytes, 100)
        #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == "one\ntwo\n")
        close(reading)
    }

    @Test("a reader that has gone is told apart from a failure")
    func readerGone() {
        let (reading, writing) = makePipe()
        close(reading)
        var output = OutputBuffer(descriptor: writing)
        output.bytes = [1]
        #expect(throws: OutputBuffer.Failure.readerGone) { try output.flush() }
        close(writing)
        var closed = OutputBuffer(descriptor: -1)
        closed.bytes = [1]
        let error = #expect(throws: OutputBuffer.Failure.self) { try closed.flush() }
        #expect(error != .readerGone)
    }

    @Test("a reader that goes while nothing is written is noticed")
    func watched() throws {
        let (reading, writing) = makePipe()
        let runner = try LoopRunner()
        var isGone = false
        let watch = try #require(try OutputWatch(on: runner.loop, descriptor: writing) { isGone = true })
        runner.run(until: "the loop has turned", { true })
        #expect(!isGone)
        close(reading)
        runner.run(until: "the reader is gone") { isGone }
        watch.close()
        runner.close()
        close(writing)
    }

    @Test("input is read piece by piece, each only when it is asked for")
    func input() throws {
        let (reading, writing) = makePipe()
        let runner = try LoopRunner()
        var pieces: [[UInt8]] = []
        var hasEnded = false
        let reader = try InputReader(on: runner.loop, descriptor: reading) { event in
            switch event {
            case .bytes(let bytes): pieces.append(bytes)
            case .end: hasEnded = true
            case .failed(let reason): Issue.record("failed: \(reason)")
            }
        }
        #expect(unsafe write(writing, [1, 2] as [UInt8], 2) == 2)
        runner.run(until: "the first piece is there") { pieces == [[1, 2]] }
        #expect(unsafe write(writing, [3] as [UInt8], 1) == 1)
        reader.resume()
        runner.run(until: "the second piece is there") { pieces == [[1, 2], [3]] }
        close(writing)
        reader.resume()
        runner.run(until: "the end is there") { hasEnded }
        reader.close()
        runner.close()
        close(reading)
    }

    @Test("input that cannot be read says why")
    func unreadable() throws {
        let runner = try LoopRunner()
        var reason: String?
        let reader = try InputReader(on: runner.loop, descriptor: -1) { event in
            if case .failed(let words) = event { reason = words }
        }
        runner.run(until: "it has failed") { reason != nil }
        reader.close()
        runner.close()
    }
}
