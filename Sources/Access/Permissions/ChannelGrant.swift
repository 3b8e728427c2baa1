import Broker
import Wire

/// What a rule for channels permits, besides what somebody's own patterns do.
public struct ChannelGrant: Hashable, Sendable {
    /// Glob patterns, of which one must match the channel.
    public let match: [[UInt8]]
    /// In the channels that it is for; nothing, too, is what a rule may permit.
    public let operations: [Operation]

    public init(match: [[UInt8]], operations: [Operation]) {
        self.match = match
        self.operations = operations
    }

    /// What a rule can permit.
    public static let operations: [Operation] = [.subscribe, .publish, .history, .presence]

    func matches(_ name: ChannelName) -> Bool {
        match.contains { GlobPattern.matches($0.span, name.bytes.span) }
    }

    func covers(_ pattern: ChannelName) -> Bool {
        match.contains { GlobPattern.covers($0.span, pattern.bytes.span) }
    }
}
