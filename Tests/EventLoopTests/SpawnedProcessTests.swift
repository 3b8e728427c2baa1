import EventLoop
import Glibc
import TestSupport
import Testing

@Suite("SpawnedProcess")
struct SpawnedProcessTests {
    /// Runs a shell script to its end.
    private func run(
        _ arguments: [String], variables: [String: String] = [:], input: [UInt8] = [],
        signal number: Int32? = nil
    ) throws -> SpawnedProcess.End? {
        let runner = try LoopRunner()
        defer { runner.close() }
        var end: SpawnedProcess.End?
        let process = try SpawnedProcess(on: runner.loop, arguments, variables: variables, input: input) {
            end = $0
        }
        if let number { process.signal(number) }
        runner.run(until: "it has ended") { end != nil }
        process.signal(SIGTERM)
        return end
    }

    @Test("it reads its input, sees its variables, and its status is told")
    func whole() throws {
        let input = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try run(["sh", "-c", "[ $(wc -c) = 200000 ]"], input: input) == .status(0))
        let script = #"[ "$A" = "b c" ] && [ -n "$PATH" ] && [ "$HOME" = new ] && exit 7"#
        #expect(try run(["sh", "-c", script], variables: ["A": "b c", "HOME": "new"]) == .status(7))
        #expect(try run(["true"], input: input) == .status(0), "input that nobody reads")
        #expect(try run(["sh", "-c", "kill -9 $$"]) == .signal(9))
    }

    @Test("a signal reaches it and what it has started")
    func signals() throws {
        #expect(try run(["sh", "-c", "sleep 100; true"], signal: SIGTERM) == .signal(SIGTERM))
    }

    @Test("a program that is not there is an error that names it")
    func missing() throws {
        let runner = try LoopRunner()
        defer { runner.close() }
        let error = #expect(throws: LoopError.self) {
            try SpawnedProcess(on: runner.loop, ["/no/such"], variables: [:], input: []) { _ in }
        }
        #expect(error?.description == "cannot run /no/such: no such file or directory")
    }
}
