/// Writes packets as they travel: framed for a WebSocket, or for a payload each with 0x1E behind it.
///
/// What waits for a polling client is packets in the latter form, one after another; the last 0x1E is left out when they
/// are handed over, for there they are joined by it.
public enum EngineIOEncoder {
    /// What the base64 of a binary message in a payload begins with.
    public static let binaryPrefix = UInt8(ascii: "b")

    /// Appends a whole packet of text, its type in front. In a payload it must not contain 0x1E; JSON never does.
    public static func append(
        _ packet: Span<UInt8>, for transport: EngineIOTransport, to bytes: inout [UInt8]
    ) {
        switch transport {
        case .webSocket: WebSocketEncoder.appendFrame(.text, packet, to: &bytes)
        case .polling:
            bytes.append(copying: packet)
            bytes.append(EngineIOPayloadReader.separator)
        }
    }

    /// Appends a packet without data.
    public static func append(
        _ type: EngineIOPacketType, for transport: EngineIOTransport, to bytes: inout [UInt8]
    ) {
        append([type.rawValue].span, for: transport, to: &bytes)
    }

    /// Appends a message of text.
    public static func appendMessage(
        _ text: Span<UInt8>, for transport: EngineIOTransport, to bytes: inout [UInt8]
    ) {
        if transport == .webSocket {
            WebSocketEncoder.appendHeader(.text, length: text.count + 1, to: &bytes)
        }
        bytes.append(EngineIOPacketType.message.rawValue)
        bytes.append(copying: text)
        if transport == .polling { bytes.append(EngineIOPayloadReader.separator) }
    }

    /// Appends a message of bytes.
    public static func appendMessage(
        binary: Span<UInt8>, for transport: EngineIOTransport, to bytes: inout [UInt8]
    ) {
        switch transport {
        case .webSocket: WebSocketEncoder.appendFrame(.binary, binary, to: &bytes)
        case .polling:
            bytes.append(binaryPrefix)
            Base64.append(binary, to: &bytes)
            bytes.append(EngineIOPayloadReader.separator)
        }
    }

    /// Appends what waited for a polling client as the frames of its WebSocket.
    /// - Parameter payload: packets as this encoder wrote them for polling.
    public static func appendFrames(ofPolled payload: Span<UInt8>, to bytes: inout [UInt8]) {
        var start = 0
        for index in payload.indices where payload[index] == EngineIOPayloadReader.separator {
            let packet = payload.extracting(start..<index)
            start = index + 1
            if !packet.isEmpty, packet[0] == binaryPrefix,
                let binary = Base64.decode(packet.extracting(1..<packet.count))
            {
                WebSocketEncoder.appendFrame(.binary, binary.span, to: &bytes)
            } else {
                WebSocketEncoder.appendFrame(.text, packet, to: &bytes)
            }
        }
    }
}
