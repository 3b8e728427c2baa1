import TestSupport
import Wire

@testable import Server

extension FuzzTarget {
    static let socketIO = [
        FuzzTarget("engineio", count: 20_000, notation: .escaped) { input, _ in
            var reader = EngineIOPayloadReader(maximumPackets: 50)
            var written: [UInt8] = []
            var count = 0
            do throws(EngineIOError) {
                while let packet = try reader.next(input.span) {
                    count += 1
                    switch packet {
                    case .text(let type, let range):
                        let text = [type.rawValue] + input[range]
                        EngineIOEncoder.append(text.span, for: .polling, to: &written)
                    case .binary(let bytes):
                        EngineIOEncoder.appendMessage(binary: bytes.span, for: .polling, to: &written)
                    }
                }
            } catch {
                return error.reason.isEmpty ? "an error without words" : nil
            }
            guard count <= 50 else { return "too many packets" }
            return written.dropLast() == input[...] ? nil : "written again it is something else"
        },
        FuzzTarget("socketio", count: 30_000) { input, generator in
            try SocketIOReading.check(input, &generator)
        },
        FuzzTarget("relay", count: 20_000) { input, generator in
            guard let (packet, text) = try? SocketIOReading.packet(input, &generator),
                case .event(let name, let arguments, _) = packet.content
            else { return nil }
            do throws(NativeError) {
                let command = try RelayCommand(name, arguments, in: text.span, channel: .chat)
                guard case .publish(let publish) = command else { return nil }
                if case .bytes(let bytes) = publish.data {
                    return MessageMaking.check(publish.channel, publish.event, bytes.span, .binary)
                }
                let data = publish.data.json(in: text.span)
                return MessageMaking.check(publish.channel, publish.event, data.span, .json)
            } catch {
                return error.message.isEmpty ? "an error without words" : nil
            }
        },
    ]
}

private enum SocketIOReading {
    private static let maximum = 4

    /// The packet, and the text that its ranges are of. Attachments are made up: as many as it wants.
    static func packet(
        _ input: [UInt8], _ generator: inout SeededGenerator
    ) throws(SocketIOError) -> (SocketIOPacket, text: [UInt8]) {
        var decoder = SocketIODecoder(maximumAttachments: maximum, maximumSize: 500)
        if let packet = try decoder.receive(text: input.span) { return (packet, input) }
        for _ in 0..<maximum {
            let attachment = generator.bytes(generator.number(0..<4))
            if let packet = try decoder.receive(binary: attachment.span) {
                return (packet, decoder.assembled)
            }
        }
        preconditionFailure("more attachments are awaited than may be")
    }

    /// A packet is as the protocol says, and the encoder writes it alike.
    static func check(_ input: [UInt8], _ generator: inout SeededGenerator) throws -> String? {
        let packet: SocketIOPacket
        let text: [UInt8]
        do throws(SocketIOError) {
            (packet, text) = try Self.packet(input, &generator)
        } catch {
            return error.reason.isEmpty ? "an error without words" : nil
        }
        guard UTF8Validator.isValid(packet.namespace.span), packet.namespace.first == UInt8(ascii: "/") else {
            return "a bad namespace"
        }
        let namespace = String(decoding: packet.namespace, as: UTF8.self)
        var written: [UInt8] = []
        switch packet.content {
        case .connect(let auth):
            if let auth, (try? JSON.validate(text[auth].span))?.kind != .object { return "bad auth" }
            return nil
        case .disconnect: return nil
        case .event(let name, let arguments, let id):
            guard UTF8Validator.isValid(name.span), !SocketIOEventName.isReserved(name.span) else {
                return "a bad name"
            }
            SocketIOEncoder.appendEvent(
                namespace, String(decoding: name, as: UTF8.self), text[arguments.range].span,
                attachments: arguments.attachments, id: id, for: .polling, to: &written)
        case .acknowledgement(let arguments, let id):
            SocketIOEncoder.appendAcknowledgement(
                namespace, id: id, text[arguments.range].span, attachments: arguments.attachments,
                for: .polling, to: &written)
        }
        guard let again = DecodedPacket(polled: written) else { return "what is written is not taken" }
        return again == DecodedPacket(packet, in: text) ? nil : "written again it is something else"
    }
}
