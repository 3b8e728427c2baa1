import Testing
import Wire

@testable import Bench

@Suite struct BenchReportTests {
    private var report: BenchReport {
        var report = BenchReport()
        report.add("scenario", "scenario", .text("a \"quoted\" name"))
        report.add("lost", "lost", .count(1_234_567))
        report.add("cpu_us", "CPU", .number(0.25), "µs")
        return report
    }

    @Test("JSON is one valid object with the figures under their keys")
    func json() throws {
        let json = report.json
        _ = try JSON.validate(json.span)
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"scenario":"a \"quoted\" name","lost":1234567,"cpu_us":0.2500}"#)
        #expect(String(decoding: BenchReport().json, as: UTF8.self) == "{}")
    }

    @Test("the table lines figures up")
    func table() {
        #expect(
            report.table == """
                scenario  a "quoted" name
                lost      1,234,567
                CPU           0.250 µs

                """)
    }

    @Test("decimals are rounded, and what JSON cannot say is 0")
    func decimals() {
        #expect(BenchReport.decimal(1.00005, places: 4) == "1.0001")
        #expect(BenchReport.decimal(-2.5, places: 1) == "-2.5")
        #expect(BenchReport.decimal(-0.001, places: 1) == "0.0")
        #expect(BenchReport.decimal(1999.6, places: 0) == "2000")
        #expect(BenchReport.decimal(.nan, places: 2) == "0")
        #expect(BenchReport.decimal(.infinity, places: 2) == "0")
        #expect(BenchReport.decimal(1e300, places: 2) == "0")
    }

    @Test("a histogram that recorded nothing adds nothing")
    func emptyHistogram() {
        var report = BenchReport()
        report.add("latency", "latency", Histogram())
        #expect(report.lines.isEmpty)
    }
}
