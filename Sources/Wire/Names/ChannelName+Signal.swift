/// The names of the other things that clients name are held to the same rules as channels'.
public typealias UserName = ChannelName
public typealias QueueName = ChannelName

extension ChannelName {
    /// The name on which Roost's workers tell each other of something: `roost:{mail}:queue`. Longer than a client's
    /// name may be, and with the prefix that clients are refused. The braces are Redis Cluster's hash tag: a script
    /// that works on the keys of `name` may publish on it.
    public static func signal(_ suffix: StaticString, of name: ChannelName) -> ChannelName {
        var bytes: [UInt8] = []
        bytes.append(reservedPrefix)
        bytes.append(UInt8(ascii: "{"))
        bytes.append(contentsOf: name.bytes)
        bytes.append("}:")
        bytes.append(suffix)
        return ChannelName(unchecked: bytes)
    }

    /// The same for what concerns all of them: `roost:control`.
    public static func signal(_ suffix: StaticString) -> ChannelName {
        var bytes: [UInt8] = []
        bytes.append(reservedPrefix)
        bytes.append(suffix)
        return ChannelName(unchecked: bytes)
    }

    /// A name as the broker hands it back, a signal's too.
    /// - Throws: as for a client's name, where it is not a signal's.
    public init(fromBroker bytes: Span<UInt8>) throws(ChannelNameError) {
        let copy = [UInt8](copying: bytes)
        if bytes.starts(with: Self.reservedPrefix) {
            self.init(unchecked: copy)
        } else {
            try self.init(validating: copy)
        }
    }

    /// Clients can neither publish nor subscribe to it.
    public var isSignal: Bool { bytes.span.starts(with: Self.reservedPrefix) }
}
