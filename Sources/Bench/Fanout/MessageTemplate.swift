import Wire

/// The bytes that publish one message, ready but for the stamp and the channel's number, which are written over fixed
/// places. Pure.
struct MessageTemplate {
    /// What the current message's bytes are.
    private(set) var bytes: [UInt8]
    /// Where the stamp stands.
    private let stampOffset: Int
    /// Where the channel's name stands: each time in the same length.
    private let nameOffsets: [Int]
    /// Where a command's reference stands, in ten digits.
    private var referenceOffset = 0
    private let traffic: Traffic
    private var channel = 0

    /// A `message` frame, as one Roost node publishes it to Redis for the others.
    static func message(_ traffic: Traffic, time: Int64) -> MessageTemplate {
        let data = filler(traffic.size)
        var bytes: [UInt8] = []
        MessageEncoder.append(
            channel: Array(traffic.channelName(0).utf8).span, event: nil, from: nil, time: time,
            data: data.span,
            form: .text, to: &bytes)
        return MessageTemplate(bytes, traffic)
    }

    /// The bare data, as `redis-cli PUBLISH` sends it.
    static func text(_ traffic: Traffic) -> MessageTemplate { MessageTemplate(filler(traffic.size), traffic) }

    /// A `publish` command of the native door; the reference that it carries stands behind the data.
    static func command(_ traffic: Traffic) -> MessageTemplate {
        var bytes = Array(#"{"type":"publish","channel":"#.utf8)
        JSON.appendString(traffic.channelName(0), to: &bytes)
        bytes.append(#","data":"#)
        JSON.appendString(filler(traffic.size).span, to: &bytes)
        bytes.append(#","ref":"#)
        let offset = bytes.count
        JSON.appendInteger(Int64(Acknowledgements.firstReference), to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        var template = MessageTemplate(bytes, traffic)
        template.referenceOffset = offset
        return template
    }

    /// Puts the RESP command around it that publishes it: `PUBLISH name bytes`.
    func inPublishCommand() -> MessageTemplate {
        let name = traffic.channelName(0)
        var command = Array(
            "*3\r\n$7\r\nPUBLISH\r\n$\(name.utf8.count)\r\n\(name)\r\n$\(bytes.count)\r\n".utf8)
        command += bytes
        command.append("\r\n")
        return MessageTemplate(command, traffic)
    }

    private init(_ bytes: [UInt8], _ traffic: Traffic) {
        self.bytes = bytes
        self.traffic = traffic
        stampOffset = Stamp.search(bytes.span) ?? 0
        let name = Array(traffic.channelName(0).utf8)
        nameOffsets =
            traffic.channels == 1
            ? []
            : bytes.indices.filter { bytes[$0...].starts(with: name) }
    }

    /// Data of `size` bytes that begins with a stamp and needs no escapes in JSON.
    private static func filler(_ size: Int) -> [UInt8] {
        var data = [UInt8](repeating: UInt8(ascii: "x"), count: size)
        Stamp(channel: 0, publisher: 0, sequence: 0, time: 0).write(to: &data, at: 0)
        return data
    }

    mutating func set(_ stamp: Stamp) {
        stamp.write(to: &bytes, at: stampOffset)
        guard channel != Int(stamp.channel) else { return }
        channel = Int(stamp.channel)
        let name = Array(traffic.channelName(channel).utf8)
        for offset in nameOffsets {
            for index in name.indices { bytes[offset + index] = name[index] }
        }
    }

    /// Writes a command's reference, which has ten digits.
    mutating func set(reference: UInt64) {
        var rest = reference
        for index in stride(from: referenceOffset + 9, through: referenceOffset, by: -1) {
            bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
