import Glibc

/// The measuring window: when it was, and what server and generator used in exactly that time.
struct Measurement {
    /// On the monotonic clock, in nanoseconds.
    let from: UInt64
    private(set) var until: UInt64 = .max
    private let processes: [Int32]
    private let serverAtStart: ProcessUsage
    private let clientAtStart: ProcessUsage
    private(set) var server = ProcessUsage()
    private(set) var client = ProcessUsage()

    init(of processes: [Int32]) throws(BenchError) {
        self.processes = processes
        serverAtStart = try ProcessUsage.sum(of: processes)
        clientAtStart = try ProcessUsage.sum(of: [getpid()])
        from = MonotonicClock.now
    }

    mutating func end() throws(BenchError) {
        until = MonotonicClock.now
        server = try ProcessUsage.sum(of: processes)
        client = try ProcessUsage.sum(of: [getpid()])
        server.processor -= min(server.processor, serverAtStart.processor)
        client.processor -= min(client.processor, clientAtStart.processor)
    }

    var seconds: Double { Double(until - from) / 1e9 }

    /// Adds what the server used, per `unit` of work (`delivery`), of which `count` were done.
    func report(to report: inout BenchReport, per unit: String, count: UInt64) {
        if !processes.isEmpty {
            let each = count == 0 ? 0 : Double(server.processor) / 1000 / Double(count)
            report.add("server_cpu_us_per_\(unit)", "server CPU per \(unit)", .number(each), "µs")
            let share = Double(server.processor) / Double(until - from) * 100
            report.add("server_cpu_percent", "server CPU", .number(share), "%")
            report.add("server_rss_kib", "server memory", .count(server.resident), "KiB")
        }
        let share = Double(client.processor) / Double(until - from) * 100
        report.add("client_cpu_percent", "generator CPU", .number(share), "%")
    }
}
