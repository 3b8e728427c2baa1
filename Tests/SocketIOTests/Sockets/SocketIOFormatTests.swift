import TestSupport
import Testing
import Wire

@testable import SocketIO

@Suite("Messages as Socket.IO events")
struct SocketIOFormatTests {
    private func written(
        _ message: String, namespace: String = "/", _ transport: EngineIOTransport = .polling
    ) throws -> String {
        let bytes = Array(message.utf8)
        let found = MessageView(bytes.span, channel: Array("chat".utf8).span)
        let view = try #require(found)
        var written: [UInt8] = []
        SocketIOFormat(namespace: namespace, transport: transport).append(bytes.span, view, to: &written)
        return String(decoding: written, as: UTF8.self)
    }

    private static let plain =
        #"{"type":"message","channel":"chat","id":"4-k3","event":"score","from":"al","time":1763694000123,"data":{"a": [1]}}"#

    @Test("have the data first and the rest behind it, for a poll")
    func polling() throws {
        #expect(
            try written(Self.plain)
                == #"42["score",{"a": [1]},{"channel":"chat","id":"4-k3","from":"al","time":1763694000123}]"#
                + "\u{1E}")
        #expect(
            try written(
                #"{"data":"é\n","time":0,"event":"message","channel":"chat","type":"message"}"#,
                namespace: "/custom") == #"42/custom,["message","é\n",{"channel":"chat","time":0}]"#
                + "\u{1E}")
    }

    @Test("are framed for a WebSocket, of any length", arguments: [0, 20, 126, 200, 65_530, 70_000])
    func webSocket(_ length: Int) throws {
        let message =
            #"{"type":"message","channel":"chat","event":"e","time":1,"data":""#
            + String(repeating: "x", count: length) + #""}"#
        let polled = try written(message)
        var frame: [UInt8] = []
        WebSocketEncoder.appendFrame(.text, Array(polled.utf8.dropLast()).span, to: &frame)
        #expect(
            try Array(written(message, .webSocket).utf8) == Array(String(decoding: frame, as: UTF8.self).utf8)
        )
    }

    @Test("whose names clients keep for themselves go out as message", arguments: SocketIOEventName.reserved)
    func reserved(_ name: StaticString) throws {
        let message = #"{"type":"message","channel":"chat","event":"\#(name)","time":1,"data":null}"#
        #expect(
            try written(message)
                == #"42["message",null,{"channel":"chat","event":"\#(name)","time":1}]"# + "\u{1E}")
    }

    @Test("also when the name is written with escapes")
    func escapedName() throws {
        let message = #"{"type":"message","channel":"chat","event":"\u0063onnect","time":1,"data":1}"#
        #expect(
            try written(message)
                == #"42["message",1,{"channel":"chat","event":"\u0063onnect","time":1}]"# + "\u{1E}")
    }

    @Test("of bytes have an attachment")
    func binary() throws {
        let message =
            #"{"type":"message","channel":"chat","event":"e","time":1,"encoding":"base64","data":"AQID\/w=="}"#
        #expect(
            try written(message, namespace: "/a")
                == #"451-/a,["e",{"_placeholder":true,"num":0},{"channel":"chat","time":1}]"#
                + "\u{1E}bAQID/w==\u{1E}")
        let bad = message.replacing(#"AQID\/w=="#, with: "?")
        #expect(try written(bad) == #"42["e","?",{"channel":"chat","time":1}]"# + "\u{1E}")
    }

    @Test("are what clients take, whatever the message")
    func fuzz() throws {
        try Fuzz.run(5_000, seeds: [Array(Self.plain.utf8)]) { input, _ in
            guard let view = MessageView(input.span, channel: Array("chat".utf8).span) else { return nil }
            var written: [UInt8] = []
            SocketIOFormat(namespace: "/", transport: .polling).append(input.span, view, to: &written)
            var decoder = SocketIODecoder(maximumAttachments: 1, maximumSize: .max)
            var reader = EngineIOPayloadReader(maximumPackets: 2)
            let payload = Array(written.dropLast())
            var packet: SocketIOPacket?
            while let part = try reader.next(payload.span) {
                switch part {
                case .text(.message, let range):
                    packet = try decoder.receive(text: payload.span.extracting(range))
                case .binary(let bytes): packet = try decoder.receive(binary: bytes.span)
                case .text: return "another packet"
                }
            }
            guard case .event(_, let arguments, nil)? = packet?.content, arguments.count == 2 else {
                return "no event"
            }
            return nil
        }
    }
}
