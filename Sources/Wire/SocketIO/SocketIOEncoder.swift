/// Writes Socket.IO packets, as a server sends them, each as an Engine.IO message for a transport. Socket.IO protocol 5,
/// "Packet encoding".
///
/// `namespace` begins with `/`. `arguments` are JSON values with commas between them, or nothing; where an attachment
/// belongs they have `{"_placeholder":true,"num":N}`, N from 0.
public enum SocketIOEncoder {
    /// The client is connected to the namespace; `id` is its socket's there.
    public static func appendConnect(
        _ namespace: String, id: String, for transport: EngineIOTransport, to bytes: inout [UInt8]
    ) {
        var packet: [UInt8] = []
        appendHead(.connect, namespace, id: nil, to: &packet)
        packet.append(#"{"sid":"#)
        JSON.appendString(id, to: &packet)
        packet.append(UInt8(ascii: "}"))
        EngineIOEncoder.appendMessage(packet.span, for: transport, to: &bytes)
    }

    /// The client may not connect to the namespace.
    /// - Parameter data: JSON.
    public static func appendConnectError(
        _ namespace: String, message: String, data: [UInt8]? = nil, for transport: EngineIOTransport,
        to bytes: inout [UInt8]
    ) {
        var packet: [UInt8] = []
        appendHead(.connectError, namespace, id: nil, to: &packet)
        packet.append(#"{"message":"#)
        JSON.appendString(message, to: &packet)
        if let data {
            packet.append(#","data":"#)
            packet.append(contentsOf: data)
        }
        packet.append(UInt8(ascii: "}"))
        EngineIOEncoder.appendMessage(packet.span, for: transport, to: &bytes)
    }

    public static func appendDisconnect(
        _ namespace: String, for transport: EngineIOTransport, to bytes: inout [UInt8]
    ) {
        var packet: [UInt8] = []
        appendHead(.disconnect, namespace, id: nil, to: &packet)
        EngineIOEncoder.appendMessage(packet.span, for: transport, to: &bytes)
    }

    /// - Parameters:
    ///   - event: not JSON: it is escaped here.
    ///   - id: asks for an acknowledgement.
    public static func appendEvent(
        _ namespace: String, _ event: String, _ arguments: Span<UInt8>, attachments: [[UInt8]] = [],
        id: UInt64? = nil, for transport: EngineIOTransport, to bytes: inout [UInt8]
    ) {
        var packet: [UInt8] = []
        packet.reserveCapacity(arguments.count + 64)
        appendHead(
            attachments.isEmpty ? .event : .binaryEvent, namespace, attachments: attachments.count, id: id,
            to: &packet)
        packet.append(UInt8(ascii: "["))
        JSON.appendString(event, to: &packet)
        if !arguments.isEmpty {
            packet.append(UInt8(ascii: ","))
            packet.append(copying: arguments)
        }
        packet.append(UInt8(ascii: "]"))
        append(packet.span, attachments, for: transport, to: &bytes)
    }

    public static func appendAcknowledgement(
        _ namespace: String, id: UInt64, _ arguments: Span<UInt8>, attachments: [[UInt8]] = [],
        for transport: EngineIOTransport, to bytes: inout [UInt8]
    ) {
        var packet: [UInt8] = []
        appendHead(
            attachments.isEmpty ? .acknowledgement : .binaryAcknowledgement, namespace,
            attachments: attachments.count, id: id, to: &packet)
        packet.append(UInt8(ascii: "["))
        packet.append(copying: arguments)
        packet.append(UInt8(ascii: "]"))
        append(packet.span, attachments, for: transport, to: &bytes)
    }

    /// Appends what stands before a packet's JSON; `attachments` counts for binary types only.
    public static func appendHead(
        _ type: SocketIOPacketType, _ namespace: String, attachments: Int = 0, id: UInt64?,
        to bytes: inout [UInt8]
    ) {
        bytes.append(type.rawValue)
        if type.isBinary {
            JSON.appendInteger(Int64(attachments), to: &bytes)
            bytes.append(UInt8(ascii: "-"))
        }
        if namespace != "/" {
            bytes.append(contentsOf: namespace.utf8)
            bytes.append(UInt8(ascii: ","))
        }
        if let id { JSON.appendInteger(Int64(clamping: id), to: &bytes) }
    }

    private static func append(
        _ packet: Span<UInt8>, _ attachments: [[UInt8]], for transport: EngineIOTransport,
        to bytes: inout [UInt8]
    ) {
        EngineIOEncoder.appendMessage(packet, for: transport, to: &bytes)
        for attachment in attachments {
            EngineIOEncoder.appendMessage(binary: attachment.span, for: transport, to: &bytes)
        }
    }
}
