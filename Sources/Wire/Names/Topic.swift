/// What one can subscribe to: one channel, or every channel that a glob pattern matches.
public struct Topic: Hashable, Sendable {
    public enum Kind: UInt8, Sendable {
        case channel
        case pattern
    }

    public let kind: Kind
    public let name: ChannelName

    public init(_ kind: Kind, _ name: ChannelName) {
        self.kind = kind
        self.name = name
    }

    public static func channel(_ name: ChannelName) -> Topic { Topic(.channel, name) }
    /// What workers tell each other about `name`: `ChannelName.signal`.
    public static func signal(_ suffix: StaticString, of name: ChannelName) -> Topic {
        Topic(.channel, .signal(suffix, of: name))
    }

    public static func pattern(_ name: ChannelName) -> Topic { Topic(.pattern, name) }
}

extension Topic: CustomStringConvertible {
    public var description: String { name.description }
}
