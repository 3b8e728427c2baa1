extension FanoutRun {
    /// The figures of the run, once everything has come or been given up.
    func report() -> BenchReport {
        var report = BenchReport()
        let traffic = plan.traffic
        report.add("scenario", "scenario", .text("fanout"))
        report.add("server", "server", .text("\(setting.target.url) (\(setting.target.door.rawValue) door)"))
        report.add("subscribers", "subscribers", .count(UInt64(traffic.subscribers)))
        report.add("channels", "channels", .count(UInt64(traffic.channels)))
        report.add("publishers", "publishers", .count(UInt64(traffic.publishers)))
        report.add("size_bytes", "message size", .count(UInt64(traffic.size)), "bytes")
        guard let measurement else { return report }
        let published = publishedAfter - publishedBefore
        report.add("seconds", "measured for", .number(measurement.seconds), "s")
        report.add(
            "published_per_second", "published", .number(Double(published) / measurement.seconds), "/s")
        report.add(
            "deliveries_per_second", "delivered", .number(Double(ledger.measured) / measurement.seconds), "/s"
        )
        report.add("delivered", "delivered in all", .count(ledger.counts.delivered))
        report.add("lost", "lost", .count(ledger.lost(expected: expected)))
        report.add("duplicated", "duplicated", .count(ledger.counts.duplicated))
        report.add("reordered", "out of order", .count(ledger.counts.reordered))
        report.add("corrupt", "corrupt", .count(ledger.counts.corrupt))
        report.add("disconnected", "disconnected", .count(UInt64(disconnected)))
        if let problem = ledger.firstProblem ?? firstReason {
            report.add("first_problem", "first problem", .text(problem))
        }
        if stalls > 0 { report.add("stalls", "stalls of a second", .count(UInt64(stalls))) }
        report.add("latency", "latency", ledger.latency)
        report.add("send_delay", "generator late by", sendDelay)
        measurement.report(to: &report, per: "delivery", count: ledger.measured)
        if !setting.processes.isEmpty, published > 0 {
            let each = Double(measurement.server.processor) / 1000 / Double(published)
            report.add("server_cpu_us_per_publish", "server CPU per publish", .number(each), "µs")
        }
        return report
    }
}
