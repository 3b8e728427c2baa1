import Wire

/// Remembers which connections do not want to see a message of their own come back.
///
/// A message carries nothing that names its connection, so it is known again by its bytes, per topic on which it is
/// expected. Two connections that publish the very same bytes at the very same time cannot be told apart, and need
/// not be: each still gets one copy fewer.
///
/// Not every message comes back: the broker may refuse it, or the topic end before. So what is expected is kept in two
/// generations, and the older is forgotten when the younger has become large, or when many other messages have come
/// and the awaited ones have not. At worst a connection gets an echo that it did not want.
///
/// Pure; confined to its worker's thread.
public struct EchoFilter {
    private struct Key: Hashable {
        let topic: Topic
        let channel: ChannelName
        let message: [UInt8]

        /// About how many bytes of memory it takes.
        var size: Int { message.count + 256 }
    }

    private var younger: [Key: [ConnectionID]] = [:]
    private var older: [Key: [ConnectionID]] = [:]
    /// Of the younger generation, in bytes.
    private var size = 0
    /// Deliveries since the last change of generations that nobody was waiting for.
    private var misses = 0

    /// The most that a generation takes, in bytes, but for the last that is added to it.
    static let maximumSize = 4 * 1024 * 1024
    /// More messages than can be between a publish and its delivery.
    static let maximumMisses = 100_000

    public init() {}

    public var isEmpty: Bool { younger.isEmpty && older.isEmpty }

    /// The next such message on `topic` is not for `connection`.
    public mutating func expect(
        _ message: [UInt8], of channel: ChannelName, on topic: Topic, from connection: ConnectionID
    ) {
        let key = Key(topic: topic, channel: channel, message: message)
        size += key.size
        younger[key, default: []].append(connection)
        if size > Self.maximumSize { age() }
    }

    /// Who is to be left out of this delivery, if anyone. Each expectation serves once.
    public mutating func take(_ message: [UInt8], of channel: ChannelName, on topic: Topic) -> ConnectionID? {
        let key = Key(topic: topic, channel: channel, message: message)
        if let connection = Self.takeFirst(key, from: &older) { return connection }
        if let connection = Self.takeFirst(key, from: &younger) {
            size -= key.size
            return connection
        }
        misses += 1
        if misses > Self.maximumMisses { age() }
        return nil
    }

    /// Forgets all: messages on their way have been lost with the link to the broker.
    public mutating func removeAll() { self = EchoFilter() }

    private mutating func age() {
        older = younger
        younger = [:]
        size = 0
        misses = 0
    }

    private static func takeFirst(_ key: Key, from generation: inout [Key: [ConnectionID]]) -> ConnectionID? {
        guard var connections = generation[key] else { return nil }
        let first = connections.removeFirst()
        generation[key] = connections.isEmpty ? nil : connections
        return first
    }
}
