import Hub
import Wire

/// Writes messages out of the hub as events for the sockets of one namespace and one transport:
/// `["<event>",<data>,{"channel":…,"id":…,"from":…,"time":…}]`.
///
/// An event whose name clients or the server keep for themselves (`SocketIOEventName`) goes out as `message`, with
/// `"event":…` in the last argument. Bytes go out as an attachment. Nothing is encoded anew: the parts are copied from
/// where they lie. Confined to its worker's thread.
public final class SocketIOFormat: MessageFormat {
    public let namespace: String
    public let transport: EngineIOTransport

    /// What a packet begins with, up to the event's name, Engine.IO's type included.
    private let head: [UInt8]
    private let binaryHead: [UInt8]
    /// A packet before it is framed; kept to save its allocation.
    private var scratch: [UInt8] = []

    private static let placeholder = Array(#"{"_placeholder":true,"num":0}"#.utf8)
    private static let largestScratch = 64 * 1024

    public init(namespace: String, transport: EngineIOTransport) {
        self.namespace = namespace
        self.transport = transport
        head = Self.head(.event, namespace, attachments: 0)
        binaryHead = Self.head(.binaryEvent, namespace, attachments: 1)
    }

    private static func head(
        _ type: SocketIOPacketType, _ namespace: String, attachments: Int
    ) -> [UInt8] {
        var bytes = [EngineIOPacketType.message.rawValue]
        SocketIOEncoder.appendHead(type, namespace, attachments: attachments, id: nil, to: &bytes)
        bytes.append(UInt8(ascii: "["))
        return bytes
    }

    /// Appends one message. `view` is of `message`.
    public func append(_ message: Span<UInt8>, _ view: MessageView, to bytes: inout [UInt8]) {
        // What says that it is base64 and is not, goes out as the text that it is.
        if view.isBinary, let text = view.data.string(in: message), let binary = Base64.decode(text.span) {
            let (head, data) = (binaryHead, Self.placeholder)
            append(head.span, data.span, message, view, to: &bytes)
            EngineIOEncoder.appendMessage(binary: binary.span, for: transport, to: &bytes)
        } else {
            let head = head
            append(head.span, message.extracting(view.data.range), message, view, to: &bytes)
        }
    }

    /// Appends what is about a channel as the event `roost:gap`.
    public func appendNotice(_ notice: Span<UInt8>, to bytes: inout [UInt8]) {
        SocketIOEncoder.appendEvent(namespace, "roost:gap", notice, for: transport, to: &bytes)
    }

    private func append(
        _ head: Span<UInt8>, _ data: Span<UInt8>, _ message: Span<UInt8>, _ view: MessageView,
        to bytes: inout [UInt8]
    ) {
        guard transport == .webSocket else {
            Self.appendPacket(head, data, message, view, to: &bytes)
            return bytes.append(EngineIOPayloadReader.separator)
        }
        var packet: [UInt8] = []
        swap(&packet, &scratch)
        packet.removeAll(keepingCapacity: packet.capacity <= Self.largestScratch)
        Self.appendPacket(head, data, message, view, to: &packet)
        WebSocketEncoder.appendFrame(.text, packet.span, to: &bytes)
        swap(&packet, &scratch)
    }

    private static func appendPacket(
        _ head: Span<UInt8>, _ data: Span<UInt8>, _ message: Span<UInt8>, _ view: MessageView,
        to bytes: inout [UInt8]
    ) {
        let isReserved = SocketIOEventName.isReservedOrOwn(view.event, in: message)
        bytes.append(copying: head)
        if isReserved {
            bytes.append(#""message""#)
        } else {
            bytes.append(copying: message, view.event.range)
        }
        bytes.append(UInt8(ascii: ","))
        bytes.append(copying: data)
        bytes.append(#",{"channel":"#)
        bytes.append(copying: message, view.channel.range)
        if isReserved {
            bytes.append(#","event":"#)
            bytes.append(copying: message, view.event.range)
        }
        if let id = view.id {
            bytes.append(#","id":"#)
            bytes.append(copying: message, id.range)
        }
        if let from = view.from {
            bytes.append(#","from":"#)
            bytes.append(copying: message, from.range)
        }
        bytes.append(#","time":"#)
        bytes.append(copying: message, view.timeRange)
        bytes.append("}]")
    }
}
