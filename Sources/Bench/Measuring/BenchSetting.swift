/// What all runs have in common.
public struct BenchSetting: Sendable {
    public let target: Target
    /// The server's processes, whose use is measured; may be empty.
    public let processes: [Int32]
    /// Before the measuring window, in milliseconds.
    public let warmUp: UInt64
    /// The measuring window, in milliseconds.
    public let duration: UInt64
    /// How many connections may be on their way at a time.
    public let ramp: Int

    public init(
        target: Target, processes: [Int32], warmUp: UInt64, duration: UInt64, ramp: Int
    ) throws(BenchError) {
        guard (1...3_600_000).contains(duration) else { throw BenchError("--duration must be 1ms to 1h") }
        guard warmUp <= 3_600_000 else { throw BenchError("--warm-up must be 0s to 1h") }
        guard (1...4096).contains(ramp) else { throw BenchError("--ramp must be 1 to 4096 connections") }
        guard processes.allSatisfy({ $0 > 0 }) else {
            throw BenchError("--server-pid must be a process number")
        }
        self.target = target
        self.processes = processes
        self.warmUp = warmUp
        self.duration = duration
        self.ramp = ramp
    }
}
