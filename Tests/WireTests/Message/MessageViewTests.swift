import Testing
import Wire

@Suite("A message view")
struct MessageViewTests {
    private static let whole =
        #"{"type":"message","channel":"chat","id":"7-1","event":"greet","from":"al","time":1763694000123,"data":{"a":1}}"#

    private func message(_ text: String, channel: String = "chat") -> MessageView? {
        MessageView(text, of: channel)
    }

    @Test("says where the parts of a whole message lie")
    func whole() throws {
        let bytes = Array(Self.whole.utf8)
        let view = try #require(message(Self.whole))
        #expect(view.event.string(in: bytes.span) == Array("greet".utf8))
        #expect(view.id?.string(in: bytes.span) == Array("7-1".utf8))
        #expect(view.from?.string(in: bytes.span) == Array("al".utf8))
        #expect(view.time == 1_763_694_000_123)
        #expect(String(decoding: bytes[view.data.range], as: UTF8.self) == #"{"a":1}"#)
        #expect(!view.isBinary)
    }

    @Test(
        "takes a message with the least it needs, in any order, with unknown members and white space",
        arguments: [
            #"{"type":"message","channel":"chat","event":"","time":0,"data":null}"#,
            #"{"data":[],"time":1,"event":"e","channel":"chat","type":"message"}"#,
            "{ \"type\" : \"message\" ,\n\"channel\":\"chat\",\"event\":\"e\",\"time\":1,\"data\":1 } \r\n",
            #"{"type":"message","channel":"chat","event":"e","time":1,"data":1,"x":1,"x":2,"user":{}}"#,
            #"{"type":"message","channel":"chat","event":"e","time":9223372036854775807,"data":"d"}"#,
        ])
    func least(_ text: String) throws {
        let view = try #require(message(text))
        #expect(view.id == nil && view.from == nil)
    }

    @Test("knows members, type and channel that are written with escapes")
    func escapes() throws {
        let text =
            #"{"t\u0079pe":"\u006dessage","channel":"ch\u0061t","\u0065vent":"e","time":1,"d\u0061ta":"x"}"#
        #expect(message(text) != nil)
        #expect(
            message(
                #"{"type":"message","channel":"a\"\u00e9","event":"e","time":1,"data":1}"#, channel: "a\"é")
                != nil)
        // Written as the channel's name reads, it is another name.
        #expect(
            message(#"{"type":"message","channel":"a\\n","event":"e","time":1,"data":1}"#, channel: #"a\\n"#)
                == nil)
    }

    @Test(
        "wants each member that a message must have", arguments: ["type", "channel", "event", "time", "data"])
    func missing(_ member: String) {
        let renamed = Self.whole.replacing("\"\(member)\":", with: "\"x\":", maxReplacements: 1)
        #expect(renamed != Self.whole)
        #expect(message(renamed) == nil)
    }

    @Test(
        "refuses a known member that stands twice",
        arguments: [
            #""type":"message""#, #""channel":"chat""#, #""event":"e""#, #""time":1"#, #""data":1"#,
            #""id":"1""#,
            #""from":"al""#, #""d\u0061ta":1"#,
        ])
    func twice(_ member: String) {
        #expect(message(String(Self.whole.dropLast()) + ",\(member)}") == nil)
    }

    @Test(
        "refuses members of the wrong type",
        arguments: [
            ("\"message\"", "\"join\""), ("\"message\"", "1"), ("\"chat\"", "\"cha\""),
            ("\"chat\"", "\"chats\""),
            ("\"chat\"", "\"Chat\""), ("\"chat\"", "null"), ("\"greet\"", "null"), ("\"greet\"", "1"),
            ("\"7-1\"", "7"),
            ("\"7-1\"", "null"), ("\"al\"", "null"), ("\"al\"", "[]"), ("1763694000123", "\"1\""),
            ("1763694000123", "-1"), ("1763694000123", "1.5"), ("1763694000123", "1e3"),
            ("1763694000123", "null"),
            ("1763694000123", "9223372036854775808"), ("{\"a\":1}", ""), ("{\"a\":1}", "{\"a\":1"),
        ])
    func wrongTypes(_ part: String, _ replacement: String) {
        let changed = Self.whole.replacing(part, with: replacement, maxReplacements: 1)
        #expect(changed != Self.whole)
        #expect(message(changed) == nil)
    }

    @Test("knows binary data by its encoding")
    func encoding() {
        func text(_ encoding: String, _ data: String) -> String {
            #"{"type":"message","channel":"chat","event":"e","time":1,"encoding":\#(encoding),"data":\#(data)}"#
        }
        #expect(message(text("\"base64\"", "\"AQID\""))?.isBinary == true)
        #expect(message(text("\"base64\"", "1")) == nil)
        #expect(message(text("\"hex\"", "\"00\"")) == nil)
        #expect(message(text("null", "\"00\"")) == nil)
        #expect(message(text("\"base64\",\"encoding\":\"base64\"", "\"\"")) == nil)
    }

    @Test(
        "is nil for what is no message at all",
        arguments: [
            "", "{", "{}", "hello", "null", "[]", " {}", "\"message\"", "{\"type\":\"message\"}", "{]", "1",
        ])
    func noMessages(_ text: String) {
        #expect(message(text) == nil)
    }

    @Test("is nil for every part of a message, and with something behind it")
    func parts() {
        for count in 0..<Self.whole.count { #expect(message(String(Self.whole.prefix(count))) == nil) }
        #expect(message(Self.whole + "x") == nil)
        #expect(message(Self.whole + Self.whole) == nil)
        #expect(message("\u{FEFF}" + Self.whole) == nil)
    }

    @Test("is nil where a byte is not UTF-8")
    func invalidUTF8() {
        let bytes = Array(Self.whole.utf8)
        for index in bytes.indices {
            var broken = bytes
            broken[index] = 0xFF
            #expect(MessageView(broken, of: Array("chat".utf8)) == nil)
        }
    }

    @Test("takes a message whose data nests as deep as data may")
    func depth() {
        func text(_ depth: Int) -> String {
            let data = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return #"{"type":"message","channel":"chat","event":"e","time":1,"data":\#(data)}"#
        }
        #expect(message(text(JSON.maximumDepth)) != nil)
        #expect(message(text(JSON.maximumDepth + 1)) == nil)
    }
}
