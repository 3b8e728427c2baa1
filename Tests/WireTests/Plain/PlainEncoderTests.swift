import TestSupport
import Testing
import Wire

@Suite("The plain encoder")
struct PlainEncoderTests {
    private func frame(_ data: String, encoding: String? = nil) throws -> DecodedEvent? {
        let encoding = encoding.map { #","encoding":"\#($0)""# } ?? ""
        let message = Array(
            #"{"type":"message","channel":"chat","event":"e","time":1\#(encoding),"data":\#(data)}"#.utf8)
        let view = try #require(MessageView(message, of: Array("chat".utf8)))
        var bytes: [UInt8] = []
        PlainEncoder.append(message.span, view, to: &bytes)
        let events = DecodedEvent.all(in: bytes, role: .client)
        #expect(events.count == 1)
        return events.first
    }

    @Test("sends a string as its text, escapes resolved")
    func strings() throws {
        #expect(try frame(#""hello""#) == .text("hello"))
        #expect(try frame(#""""#) == .text(""))
        #expect(try frame(#""a\n\"\u00e9\ud83d\ude00""#) == .text("a\n\"é😀"))
        #expect(try frame(#""\ud800""#) == .text("\u{FFFD}"))
    }

    @Test(
        "sends any other value as the JSON that it is",
        arguments: ["null", "1.50", "true", #"{"a":"\u0041"}"#, "[1, 2]"])
    func values(_ json: String) throws {
        #expect(try frame(json) == .text(json))
    }

    @Test("sends base64 as the bytes it stands for, in a binary frame")
    func binary() throws {
        #expect(try frame(#""AQID""#, encoding: "base64") == .binary([1, 2, 3]))
        #expect(try frame(#""""#, encoding: "base64") == .binary([]))
        // As PHP writes a slash.
        #expect(try frame(#""\/\/\/\/""#, encoding: "base64") == .binary([0xFF, 0xFF, 0xFF]))
    }

    @Test("sends what says it is base64 and is not as the text that it is")
    func noBase64() throws {
        #expect(try frame(#""AQI""#, encoding: "base64") == .text("AQI"))
        #expect(try frame(#""é\n""#, encoding: "base64") == .text("é\n"))
    }

    @Test("sends what was published as bytes as the same bytes", arguments: [0, 1, 2, 3, 126, 70_000])
    func roundTrip(_ count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let channel = Array("chat".utf8)
        var message: [UInt8] = []
        MessageEncoder.append(
            channel: channel.span, event: nil, from: nil, time: 0, data: payload.span, form: .binary,
            to: &message)
        let view = try #require(MessageView(message, of: channel))
        var bytes: [UInt8] = []
        PlainEncoder.append(message.span, view, to: &bytes)
        #expect(DecodedEvent.all(in: bytes, role: .client) == [.binary(payload)])
    }
}
