import Testing
import Wire

@Suite("The native decoder")
struct NativeDecoderTests {
    private func decode(_ text: String) throws(NativeError) -> (
        command: NativeCommand, reference: NativeReference
    ) {
        try NativeDecoder.decode(Array(text.utf8).span)
    }

    private func command(_ text: String) throws(NativeError) -> NativeCommand { try decode(text).command }

    private func error(_ text: String) -> NativeError? {
        do throws(NativeError) {
            _ = try decode(text)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Commands

    @Test("knows subscribe and unsubscribe, by channel and by pattern")
    func topics() throws {
        let chat = try ChannelName(validating: "chat")
        let news = try ChannelName(validating: "news.*")
        #expect(
            try command(#"{"type":"subscribe","channel":"chat"}"#) == .subscribe(.channel(chat), since: nil))
        #expect(
            try command(#"{"type":"subscribe","pattern":"news.*"}"#) == .subscribe(.pattern(news), since: nil)
        )
        #expect(try command(#"{"type":"unsubscribe","channel":"chat"}"#) == .unsubscribe(.channel(chat)))
        #expect(try command(#"{"type":"unsubscribe","pattern":"news.*"}"#) == .unsubscribe(.pattern(news)))
        #expect(
            try command(#"{"type":"subscribe","channel":"c\u0068at"}"#)
                == .subscribe(.channel(chat), since: nil))
    }

    @Test("knows ping")
    func ping() throws {
        #expect(try command(#"{"type":"ping"}"#) == .ping)
        #expect(try command(#" { "typ\u0065" : "p\u0069ng" } "#) == .ping)
    }

    @Test("knows presence")
    func presence() throws {
        #expect(
            try command(#"{"type":"presence","channel":"chat"}"#)
                == .presence(try ChannelName(validating: "chat")))
        #expect(error(#"{"type":"presence"}"#)?.code == .badRequest)
    }

    @Test("knows inbox and ack")
    func inbox() throws {
        #expect(try command(#"{"type":"inbox"}"#) == .inbox(.open(.defaultDevice)))
        #expect(
            try command(#"{"type":"inbox","device":"phone"}"#)
                == .inbox(.open(try DeviceName(validating: "phone"))))
        #expect(
            try command(#"{"type":"ack","id":"42-k3f9"}"#)
                == .inbox(.acknowledge(MessageID(offset: 42, epoch: "k3f9"))))
        for (text, words) in [
            (#"{"type":"inbox","device":7}"#, "'device' must be a string"),
            (#"{"type":"inbox","device":""}"#, "'device': "), (#"{"type":"ack"}"#, "'id' must be"),
            (#"{"type":"ack","id":null}"#, "'id' must be"), (#"{"type":"ack","id":"42"}"#, "'id' must be"),
            (#"{"type":"ack","id":42}"#, "'id' must be"),
        ] {
            #expect(error(text)?.code == .badRequest)
            #expect(error(text)?.message.contains(words) == true)
        }
    }

    @Test(
        "says where the data of a publish lies",
        arguments: ["null", "true", "1.5e3", #""a\nb""#, #"{"a":[1,{}]}"#, "[ 1 , 2 ]", #""""#])
    func data(_ data: String) throws {
        let text = #"{"type":"publish","channel":"chat","data": \#(data) ,"x":1}"#
        guard case .publish(let publish) = try command(text) else {
            Issue.record("no publish")
            return
        }
        #expect(publish == PublishCommand(channel: try ChannelName(validating: "chat"), data: publish.data))
        #expect(String(decoding: Array(text.utf8)[publish.data], as: UTF8.self) == data)
    }

    @Test("knows event, echo, ttl and key of a publish")
    func publishOptions() throws {
        guard
            case .publish(let publish) = try command(
                #"{"type":"publish","event":"gr\u00fcn","echo":false,"ttl":60,"key":"k","data":1,"channel":"chat"}"#
            )
        else {
            Issue.record("no publish")
            return
        }
        #expect(publish.event == Array("grün".utf8))
        #expect(!publish.echo)
        #expect(publish.timeToLive == 60 && publish.idempotencyKey == Array("k".utf8))
        let longest = String(repeating: "e", count: NativeDecoder.maximumEventLength)
        #expect(error(#"{"type":"publish","channel":"c","data":1,"event":"\#(longest)","echo":true}"#) == nil)
    }

    @Test("takes the last of members that stand twice, and does not mind unknown ones")
    func duplicates() throws {
        #expect(try command(#"{"type":"nothing","type":"ping","x":{"type":"publish"},"channel":1}"#) == .ping)
    }

    // MARK: References

    @Test("keeps the reference as it was written")
    func references() throws {
        func reference(_ value: String) throws(NativeError) -> NativeReference {
            try decode(#"{"ref":\#(value),"type":"ping"}"#).reference
        }
        #expect(try reference("1") == .integer(1))
        #expect(try reference("-9223372036854775808") == .integer(.min))
        #expect(try reference(#""a\u0041é""#) == .string(Array(#""a\u0041é""#.utf8)))
        #expect(try decode(#"{"type":"ping"}"#).reference == .none)
        let longest = "\"\(String(repeating: "r", count: NativeReference.maximumLength - 2))\""
        #expect(try reference(longest) == .string(Array(longest.utf8)))
    }

    @Test(
        "refuses any other reference",
        arguments: [
            "1.5", "1e2", "9223372036854775808", "null", "true", "[]", "{}",
            "\"\(String(repeating: "r", count: NativeReference.maximumLength - 1))\"",
        ])
    func badReferences(_ value: String) {
        let error = error(#"{"type":"ping","ref":\#(value)}"#)
        #expect(error?.code == .badRequest && error?.isFatal == false)
        #expect(error?.message.contains("'ref'") == true)
        #expect(error?.reference == NativeReference.none)
    }

    // MARK: Errors

    @Test(
        "names the field that is wrong and keeps the reference",
        arguments: [
            (#""x":1"#, "'type'"), (#""type":1"#, "'type'"), (#""type":null"#, "'type'"),
            (#""type":"publish","data":1"#, "'channel'"),
            (#""type":"publish","channel":1,"data":1"#, "'channel'"),
            (#""type":"publish","channel":"","data":1"#, "'channel'"),
            (#""type":"publish","channel":"a\n","data":1"#, "'channel'"),
            (#""type":"publish","channel":"roost:x","data":1"#, "'channel'"),
            (#""type":"publish","channel":"c""#, "'data'"),
            (#""type":"publish","channel":"c","data":1,"event":"""#, "'event'"),
            (#""type":"publish","channel":"c","data":1,"event":null"#, "'event'"),
            (#""type":"publish","channel":"c","data":1,"event":["a"]"#, "'event'"),
            (#""type":"publish","channel":"c","data":1,"echo":0"#, "'echo'"),
            (#""type":"publish","channel":"c","data":1,"echo":"false""#, "'echo'"),
            (#""type":"publish","channel":"c","data":1,"echo":null"#, "'echo'"),
            (#""type":"subscribe""#, "'channel' or 'pattern'"),
            (#""type":"subscribe","channel":"a","pattern":"b""#, "'channel' or 'pattern'"),
            (#""type":"subscribe","channel":null"#, "'channel'"),
            (#""type":"subscribe","pattern":7"#, "'pattern'"),
            (#""type":"subscribe","pattern":"""#, "'pattern'"),
            (#""type":"unsubscribe""#, "'channel' or 'pattern'"),
            (#""type":"unsubscribe","channel":[]"#, "'channel'"),
            (#""type":"unsubscribe","pattern":"""#, "'pattern'"),
        ])
    func badRequests(_ members: String, _ field: String) {
        let error = error("{\(members),\"ref\":\"r1\"}")
        #expect(error?.code == .badRequest && error?.isFatal == false)
        #expect(error?.message.contains(field) == true)
        #expect(error?.reference == .string(Array("\"r1\"".utf8)))
    }

    @Test("says which channel names and events are accepted")
    func accepted() {
        let long = String(repeating: "x", count: 256)
        let channel = error(#"{"type":"subscribe","channel":"\#(long)"}"#)
        #expect(
            channel?.message.contains("256 bytes") == true && channel?.message.contains("1 to 255") == true)
        let event = error(#"{"type":"publish","channel":"c","data":1,"event":"\#(long)"}"#)
        #expect(event?.message == "'event' must be a string of 1 to 255 bytes")
    }

    @Test(
        "says which types there are to one that is unknown", arguments: ["", "Ping", "message", "publish "])
    func unknownType(_ type: String) {
        let error = error(#"{"ref":1,"type":"\#(type)"}"#)
        #expect(error?.code == .notFound && error?.isFatal == false && error?.reference == .integer(1))
        for known in ["'type'", "subscribe", "unsubscribe", "publish", "ping"] {
            #expect(error?.message.contains(known) == true)
        }
    }

    @Test(
        "finds a frame unusable that is not one JSON object",
        arguments: JSONCorpus.invalid + ["[]", "1", "\"a\"", "null"])
    func unusable(_ text: String) {
        let error = error(text)
        #expect(error?.code == .badJSON && error?.isFatal == true && error?.reference == NativeReference.none)
        #expect(error?.message.hasSuffix("a frame is one JSON object") == true)
    }

    @Test("finds a frame unusable that is not UTF-8")
    func invalidUTF8() {
        let frame = Array(#"{"type":"ping","x":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8)
        do throws(NativeError) {
            _ = try NativeDecoder.decode(frame.span)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .badJSON && error.isFatal && error.message.contains("invalid UTF-8"))
        }
    }
}
