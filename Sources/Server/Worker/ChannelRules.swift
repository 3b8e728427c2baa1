import Broker
import Wire

/// Which rule holds for which channel: the first that matches. Confined to its worker's thread.
///
/// Asked for every publish, so what was found is remembered, for a bounded number of channels.
final class ChannelRules {
    private var rules: [Settings.ChannelRule]
    /// The index of the rule; `nil`: none matches.
    private var found: [ChannelName: Int?] = [:]

    private static let maximumFound = 10_000

    init(_ rules: [Settings.ChannelRule]) { self.rules = rules }

    func replace(_ rules: [Settings.ChannelRule]) {
        self.rules = rules
        found = [:]
    }

    func rule(for channel: ChannelName) -> Settings.ChannelRule? {
        guard !rules.isEmpty else { return nil }
        if let index = found[channel] { return index.map { rules[$0] } }
        let index = rules.firstIndex { rule in
            rule.match.contains { GlobPattern.matches($0.span, channel.bytes.span) }
        }
        if found.count >= Self.maximumFound { found.removeAll(keepingCapacity: true) }
        found[channel] = .some(index)
        return index.map { rules[$0] }
    }
}
