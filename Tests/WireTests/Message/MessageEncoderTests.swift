import Foundation
import TestSupport
import Testing
import Wire

@Suite("A message encoder")
struct MessageEncoderTests {
    private func encode(
        channel: String = "chat", event: String? = nil, from: String? = nil, time: Int64 = 7, _ data: String,
        _ form: MessageEncoder.DataForm = .text
    ) -> String {
        var bytes: [UInt8] = []
        MessageEncoder.append(
            channel: Array(channel.utf8).span, event: event.map { Array($0.utf8) },
            from: from.map { Array($0.utf8) },
            time: time, data: Array(data.utf8).span, form: form, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("writes the members in their fixed order")
    func order() {
        #expect(
            encode("hello")
                == #"{"type":"message","channel":"chat","event":"message","time":7,"data":"hello"}"#)
        #expect(
            encode(event: "e", from: "al", time: 1_763_694_000_123, "hello")
                == #"{"type":"message","channel":"chat","event":"e","from":"al","time":1763694000123,"data":"hello"}"#
        )
    }

    @Test("writes data as JSON, as text, or as base64")
    func forms() {
        #expect(encode(#"{"a":[1]}"#, .json).hasSuffix(#","data":{"a":[1]}}"#))
        #expect(encode(#"{"a":[1]}"#, .text).hasSuffix(#","data":"{\"a\":[1]}"}"#))
        #expect(encode("\u{1}\u{2}\u{3}", .binary).hasSuffix(#","encoding":"base64","data":"AQID"}"#))
        #expect(encode("", .text).hasSuffix(#","data":""}"#))
        #expect(encode("", .binary).hasSuffix(#","encoding":"base64","data":""}"#))
    }

    @Test("escapes channel, event, sender and text")
    func escaping() throws {
        let nasty = "\"\\\n\u{1}é😀"
        let json = encode(channel: nasty, event: nasty, from: nasty, nasty)
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        for member in ["channel", "event", "from", "data"] { #expect(object?[member] as? String == nasty) }
    }

    @Test("makes a string of a foreign payload that is text, and base64 of any other")
    func foreign() throws {
        func foreign(_ payload: [UInt8]) throws -> (data: [UInt8]?, isBinary: Bool) {
            var bytes: [UInt8] = []
            MessageEncoder.appendForeign(
                channel: Array("chat".utf8).span, payload: payload.span, time: 1, to: &bytes)
            let view = try #require(MessageView(bytes, of: Array("chat".utf8)))
            #expect(view.event.string(in: bytes.span) == Array("message".utf8))
            return (view.data.string(in: bytes.span), view.isBinary)
        }
        for text in ["hello", "", "{\"a\":1}", "é\n\u{0}", "null"] {
            let (data, isBinary) = try foreign(Array(text.utf8))
            #expect(data == Array(text.utf8) && !isBinary)
        }
        for bytes in [[0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]] {
            let (data, isBinary) = try foreign(bytes)
            #expect(data.flatMap { Base64.decode($0.span) } == bytes && isBinary)
        }
    }

    @Test("makes of any foreign payload a message that is whole")
    func fuzz() throws {
        let seeds =
            ["hello", "{\"type\":\"message\"}", "é😀\u{0}\"\\"].map { Array($0.utf8) } + [[0xFF, 0xFE], []]
        try Fuzz.run(10_000, seeds: seeds) { input, generator in
            let channel = generator.isOne(in: 2) ? Array("c\"\\é".utf8) : Array("chat".utf8)
            var bytes: [UInt8] = []
            MessageEncoder.appendForeign(channel: channel.span, payload: input.span, time: .max, to: &bytes)
            guard let view = MessageView(bytes.span, channel: channel.span) else { return "it is no message" }
            guard view.time == .max, let data = view.data.string(in: bytes.span) else {
                return "it is not whole"
            }
            return (view.isBinary ? Base64.decode(data.span) : data) == input
                ? nil : "the payload has changed"
        }
    }
}
