import Broker
import Wire

/// Which rule holds for which queue: the first that matches; what is said nowhere is as `QueueRule` has it.
struct QueueRules {
    private let rules: [Settings.QueueRule]

    init(_ rules: [Settings.QueueRule]) { self.rules = rules }

    func rule(for queue: QueueName) -> Settings.QueueRule {
        rules.first { rule in
            rule.match.contains { GlobPattern.matches($0.span, queue.bytes.span) }
        } ?? Settings.QueueRule(match: [])
    }
}

extension Settings.QueueRule {
    var leaseMilliseconds: Int64 { Int64(clamping: lease.milliseconds) }
}
