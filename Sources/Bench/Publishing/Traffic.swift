import Wire

/// Who sends what to whom in a fan-out run: how messages, publishers, channels and subscribers are numbered. Pure.
///
/// Message `n` goes from publisher `n mod P` to channel `(n div P) mod C`; subscriber `s` listens to channel
/// `s mod C`.
public struct Traffic: Equatable, Sendable {
    public let subscribers: Int
    public let channels: Int
    public let publishers: Int
    /// The channel's name, or what its numbered names begin with.
    public let name: String
    /// Of a message's data, in bytes.
    public let size: Int

    /// Sequence numbers have 48 bits, publishers 16, channels 32.
    public init(subscribers: Int, channels: Int, publishers: Int, name: String, size: Int) throws(BenchError)
    {
        guard (1...1_000_000).contains(subscribers) else {
            throw BenchError("--subscribers must be 1 to 1000000")
        }
        guard (1...subscribers).contains(channels) else {
            throw BenchError("--channels must be 1 to the number of subscribers, so that each has one")
        }
        guard (1...1000).contains(publishers) else { throw BenchError("--publishers must be 1 to 1000") }
        guard (Stamp.size...60_000).contains(size) else {
            throw BenchError(
                "--size must be \(Stamp.size) to 60000 bytes: each message carries its number and time")
        }
        // So that a name is the same bytes in JSON, in RESP and in a URL.
        let plain = name.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard plain else {
            throw BenchError("--channel must be printable ASCII without quotes and backslashes")
        }
        self.subscribers = subscribers
        self.channels = channels
        self.publishers = publishers
        self.name = name
        self.size = size
        do throws(ChannelNameError) {
            for channel in [0, channels - 1] { _ = try ChannelName(validating: self.channelName(channel)) }
        } catch {
            throw BenchError("--channel: \(error)")
        }
    }

    /// All names have the same length, so that a message's parts stand at the same places in each.
    public func channelName(_ channel: Int) -> String {
        guard channels > 1 else { return name }
        let digits = String(channel)
        return "\(name)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    func channel(of subscriber: Int) -> Int { subscriber % channels }

    func subscribers(of channel: Int) -> Int { (subscribers - channel + channels - 1) / channels }

    func stamp(of number: UInt64, time: UInt64) -> Stamp {
        let (round, publisher) = number.quotientAndRemainder(dividingBy: UInt64(publishers))
        let (sequence, channel) = round.quotientAndRemainder(dividingBy: UInt64(channels))
        return Stamp(
            channel: UInt32(channel), publisher: UInt16(publisher), sequence: sequence & 0xFFFF_FFFF_FFFF,
            time: time)
    }

    /// The inverse of `stamp(of:time:)`.
    @inline(__always)
    func number(of stamp: Stamp) -> UInt64 {
        (stamp.sequence &* UInt64(channels) &+ UInt64(stamp.channel)) &* UInt64(publishers)
            &+ UInt64(stamp.publisher)
    }
}
