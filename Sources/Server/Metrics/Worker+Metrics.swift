import Front
import Limits
import Wire

/// `GET /metrics`: what the whole node has to tell, whichever worker is asked.
extension Worker {
    func sendMetrics(_ request: HTTPRequest) {
        var metrics = MetricsText()
        metrics.begin("roost_info", .gauge, "The server that is asked.")
        metrics.add("roost_info", 1, ["version": Version.current])
        metrics.begin("roost_connections", .gauge, "Sockets of clients that are open.")
        metrics.add("roost_connections", limits.openConnections.value)
        metrics.begin(
            "roost_limit_exceeded_total", .counter,
            "How often a limit was run into; label: the setting, behind limits.")
        for limit in Limit.allCases {
            metrics.add("roost_limit_exceeded_total", limits.counters[limit], ["limit": limit.rawValue])
        }
        front.respond(
            to: request.connection,
            HTTPResponse(
                .ok,
                headers: [
                    HTTPHeader("Content-Type", MetricsText.contentType),
                    HTTPHeader("Cache-Control", "no-store"),
                ],
                body: Array(metrics.text.utf8)))
    }
}
