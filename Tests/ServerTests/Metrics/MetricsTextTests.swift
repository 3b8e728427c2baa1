import Testing

@testable import Server

struct MetricsTextTests {
    @Test("a metric has its help and its kind, then a line for each sample")
    func lines() {
        var metrics = MetricsText()
        metrics.begin("roost_things", .gauge, "Things that are there.")
        metrics.add("roost_things", 3)
        metrics.begin("roost_things_total", .counter, "Things that were there.")
        metrics.add("roost_things_total", UInt64.max, ["kind": "a", "place": "b"])
        #expect(
            metrics.text == """
                # HELP roost_things Things that are there.
                # TYPE roost_things gauge
                roost_things 3
                # HELP roost_things_total Things that were there.
                # TYPE roost_things_total counter
                roost_things_total{kind="a",place="b"} 18446744073709551615

                """)
    }

    @Test("nothing breaks out of its line")
    func escapes() {
        var metrics = MetricsText()
        metrics.begin("x", .gauge, "a\\b\n\"c\"")
        metrics.add("x", -1, ["label": "a\\b\n\"c\""])
        #expect(
            metrics.text == #"""
                # HELP x a\\b\n"c"
                # TYPE x gauge
                x{label="a\\b\n\"c\""} -1

                """#)
    }
}
