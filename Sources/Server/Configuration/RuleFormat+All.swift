import Broker
import Hub

/// The tables of the settings that are lists of maps.
extension RuleFormat<Settings.ChannelRule> {
    static var channels: Self {
        RuleFormat(
            standard: Settings.ChannelRule(match: []),
            members: [
                RuleMember(oneOrMore: "match", \.match, .pattern),
                RuleMember("history", \.history, .history),
                RuleMember("presence", \.presence, .boolean),
                RuleMember("slow", \.slow, .choice),
                RuleMember(list: "anonymous", \.anonymous, .granted),
                RuleMember(list: "users", \.users, .granted),
            ])
    }
}

extension RuleFormat<HistoryRule> {
    static var history: Self {
        RuleFormat(
            standard: HistoryRule(size: 100, timeToLive: 86_400_000),
            members: [
                RuleMember("size", \.size, .count(1...100_000)),
                RuleMember("ttl", \.timeToLive, .milliseconds(.seconds(1) ... .seconds(365 * 86_400))),
            ])
    }
}

extension RuleFormat<Settings.QueueRule> {
    static var queues: Self {
        RuleFormat(
            standard: Settings.QueueRule(match: []),
            members: [
                RuleMember(oneOrMore: "match", \.match, .pattern),
                RuleMember("lease", \.lease, .duration(.seconds(1) ... .seconds(86_400))),
                RuleMember("attempts", \.attempts, .count(1...1000)),
            ])
    }
}
