import Testing
import TestSupport
import Wire

@Suite("Server-Sent Events")
struct EventStreamEncoderTests {
    private func encoded(
        _ json: String, _ form: EventStreamEncoder.Form = .json, id: String = ""
    ) throws -> String {
        let message = Array(json.utf8)
        let channel = Array("c".utf8)
        let parsed = MessageView(message.span, channel: channel.span)
        let view = try #require(parsed)
        var bytes: [UInt8] = []
        EventStreamEncoder.append(message.span, view, form, to: &bytes) { $0 += Array(id.utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func message(event: String = "message", data: String, _ more: String = "") -> String {
        #"{"type":"message","channel":"c","event":"\#(event)","time":1,\#(more)"data":\#(data)}"#
    }

    @Test func aMessageIsItsJSON() throws {
        let json = message(data: #""x""#)
        #expect(try encoded(json) == "data: \(json)\n\n")
        #expect(try encoded(json, id: "1-a") == "id: 1-a\ndata: \(json)\n\n")
    }

    @Test(arguments: [
        (#""hello""#, "data: hello\n\n"), (#""""#, "data: \n\n"), (#""a\nb""#, "data: a\ndata: b\n\n"),
        (#""a\r\nb\rc""#, "data: a\ndata: b\ndata: c\n\n"), (#""a\n""#, "data: a\ndata: \n\n"),
        (#""\r""#, "data: \ndata: \n\n"), (#"{"a":1}"#, "data: {\"a\":1}\n\n"), ("null", "data: null\n\n"),
        (#""\u00fc""#, "data: ü\n\n"),
    ])
    func bareText(data: String, block: String) throws {
        #expect(try encoded(message(data: data), .text) == block)
    }

    @Test func bytesAreBase64() throws {
        #expect(
            try encoded(message(data: #""/wA=""#, #""encoding":"base64","#), .text) == "data: /wA=\n\n")
    }

    @Test(arguments: [
        ("tick", "event: tick\n"), ("message", ""), (#"a\nb\r"#, "event: a b \n"), ("", "event: \n"),
        ("roost:gap", ""), (#"\u0072oost:gap"#, ""), (#"m\u0065ssage"#, ""),
    ])
    func theEventIsAField(event: String, field: String) throws {
        #expect(try encoded(message(event: event, data: "1"), .text) == "\(field)data: 1\n\n")
    }

    /// What a client reads by the standard's own rules is what was said, whatever is in it.
    @Test func aClientReadsWhatWasSaid() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let letters = ["a", "\\n", "\\r", "\\r\\n", ":", " ", "data", "id: 1", "\\u0000", "ü", "event"]
            let text = (0..<generator.number(0..<8)).map { _ in generator.pick(letters) }.joined()
            let lines = EventStreamReader.events(in: try encoded(message(data: "\"\(text)\""), .text))
            let said = text.replacing("\\r\\n", with: "\n").replacing("\\n", with: "\n")
                .replacing("\\r", with: "\n").replacing("\\u0000", with: "\u{0}")
            #expect(lines == [said])
        }
    }

    @Test func itsOwn() {
        var bytes: [UInt8] = []
        EventStreamEncoder.append(retry: 1_500, to: &bytes)
        EventStreamEncoder.append(id: Array("1-a,-".utf8), to: &bytes)
        EventStreamEncoder.append(own: "gap", id: [], Array("{}".utf8).span, to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "retry: 1500\n\nid: 1-a,-\n\nevent: roost:gap\ndata: {}\n\n")
    }
}

/// Reads an event stream as WHATWG HTML, section 9.2.6, has it; the data of each event.
private enum EventStreamReader {
    static func events(in stream: String) -> [String] {
        var events: [String] = []
        var data: [String] = []
        for line in stream.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = String(line)
            if line.isEmpty {
                if !data.isEmpty { events.append(data.joined(separator: "\n")) }
                data = []
            } else if line.hasPrefix("data: ") {
                data.append(String(line.unicodeScalars.dropFirst(6)))
            }
        }
        return events
    }
}
