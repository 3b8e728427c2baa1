import Testing
import Wire

@testable import Client

@Suite("Frames from the server")
struct ServerFrameTests {
    private func frame(_ text: String) throws -> ServerFrame { try ServerFrame(Array(text.utf8).span) }

    private func text(of frame: String) throws -> String {
        let bytes = Array(frame.utf8)
        guard case .message(let data, let isBinary) = try ServerFrame(bytes.span) else {
            return "(no message)"
        }
        var output: [UInt8] = []
        MessageText.append(data, isBinary: isBinary, in: bytes.span, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("each type that a client acts on")
    func types() throws {
        #expect(try frame(#"{"type":"welcome","connection":"1","user":null,"version":"1"}"#) == .welcome)
        #expect(try frame(#"{"type":"published","ref":3}"#) == .published(ref: 3))
        #expect(
            try frame(#"{"type":"subscribed","channel":"c","recovered":false,"ref":1}"#)
                == .subscribed(ref: 1))
        #expect(
            try frame(#"{"type":"unsubscribed","pattern":"a*","reason":"stopped"}"#)
                == .unsubscribed(name: Array("a*".utf8), reason: Array("stopped".utf8)))
        #expect(
            try frame(#"{"type":"error","code":"forbidden","message":"no","ref":"x"}"#)
                == .error(code: "forbidden", text: "no", ref: nil))
        #expect(try frame(#"{"type":"presence"}"#) == .other)
    }

    @Test("what the server's own encoder writes is understood")
    func encoder() throws {
        var bytes: [UInt8] = []
        NativeEncoder.appendPublished(nil, .integer(5), to: &bytes)
        #expect(try ServerFrame(bytes.span) == .published(ref: 5))
        bytes = []
        NativeEncoder.appendError(NativeError(.unavailable, "away", reference: .integer(2)), to: &bytes)
        #expect(try ServerFrame(bytes.span) == .error(code: "unavailable", text: "away", ref: 2))
    }

    @Test("no frame, or one without a type, is an error", arguments: ["", "[]", "{", "{}", #"{"a":1}x"#])
    func errors(_ text: String) {
        #expect(throws: JSONError.self) { try frame(text) }
    }

    @Test("a message's text is a string's characters, or another value's JSON")
    func messageText() throws {
        #expect(try text(of: #"{"type":"message","data":"a\n\"b\" ä"}"#) == "a\n\"b\" ä")
        #expect(try text(of: #"{"type":"message","data":{"a":[1,2]}}"#) == #"{"a":[1,2]}"#)
        #expect(try text(of: #"{"type":"message","data":null}"#) == "null")
        #expect(try text(of: #"{"type":"message","encoding":"base64","data":"aGk="}"#) == "hi")
        #expect(try text(of: #"{"type":"message","encoding":"base64","data":"not base64"}"#) == "not base64")
    }

    @Test("control characters do not reach a terminal")
    func terminal() {
        var output: [UInt8] = []
        TerminalText.append(Array("a\tb\nc\u{1B}[2J\u{7F}\u{9B}ä€\r".utf8).span, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "a\tb\nc\u{FFFD}[2J\u{FFFD}\u{FFFD}ä€\u{FFFD}")
        #expect(TerminalText.singleLine(Array("a\nb\tc".utf8)) == "a b c")
        #expect(TerminalText.singleLine([UInt8](repeating: 0x78, count: 1000)).count == 500)
    }
}
