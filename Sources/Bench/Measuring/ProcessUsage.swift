import Glibc

/// What a process has used so far: from `/proc/PID/stat` and `/proc/PID/status`, proc(5).
public struct ProcessUsage: Equatable, Sendable {
    /// User and system time of all its threads, in nanoseconds; in steps of a clock tick (10 ms).
    public var processor: UInt64 = 0
    /// Resident memory, in KiB.
    public var resident: UInt64 = 0

    /// The sum over several processes.
    /// - Throws: names the process that cannot be read.
    public static func sum(of processes: [Int32]) throws(BenchError) -> ProcessUsage {
        var sum = ProcessUsage()
        for process in processes {
            guard let stat = readFile("/proc/\(process)/stat"), let ticks = processorTicks(stat),
                let status = readFile("/proc/\(process)/status")
            else { throw BenchError("cannot read the use of process \(process): is it still running?") }
            sum.processor += ticks * 1_000_000_000 / UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
            sum.resident += residentKilobytes(status) ?? 0
        }
        return sum
    }

    /// The process number that a file holds, as daemons write it.
    public static func processNumber(inFile path: String) -> Int32? {
        readFile(path).flatMap { Int32(String(decoding: $0.filter { $0 > 0x20 }, as: UTF8.self)) }
    }

    /// `utime` + `stime`, fields 14 and 15. The second field is the program's name in parentheses, which may itself
    /// hold spaces and parentheses: counting starts behind the last one.
    static func processorTicks(_ stat: [UInt8]) -> UInt64? {
        guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = stat[(end + 1)...].split(separator: 0x20)
        guard fields.count > 12, let user = number(fields[11]), let system = number(fields[12]) else {
            return nil
        }
        return user + system
    }

    /// `VmRSS:     1234 kB`
    static func residentKilobytes(_ status: [UInt8]) -> UInt64? {
        let line = status.split(separator: 0x0A).first { $0.starts(with: "VmRSS:".utf8) }
        return line?.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }).dropFirst().first.flatMap(number)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: digits, as: UTF8.self))
    }

    private static func readFile(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while content.count < 1 << 20 {
            let count = unsafe read(descriptor, &piece, piece.count)
            guard count >= 0 else { return nil }
            if count == 0 { return content }
            content += piece[..<count]
        }
        return content
    }
}
