import Testing
import Wire

@Suite("What an emitter publishes")
struct EmitterDecoderTests {
    private func decode(_ text: String) throws -> EmitterMessage {
        try EmitterDecoder.decode(Array(text.utf8).span)
    }

    private func emission(_ text: String) throws -> EmitterMessage.Emission {
        guard case .emit(let emission) = try decode(text) else {
            throw EmitterError.malformed("not an emission")
        }
        return emission
    }

    private func error(_ bytes: [UInt8]) -> EmitterError? {
        do throws(EmitterError) {
            _ = try EmitterDecoder.decode(bytes.span)
            return nil
        } catch {
            return error
        }
    }

    @Test("is read with all that python-socketio writes")
    func whole() throws {
        let read = try emission(
            """
            {"method":"emit","event":"news","data":[{"a":1}],"binary":false,"namespace":"/admin","room":"r1",\
            "skip_sid":"s1","callback":["r1","/",7],"host_id":"1f"}
            """)
        var wanted = EmitterMessage.Emission(event: Array("news".utf8), data: .json(Array(#"{"a":1}"#.utf8)))
        wanted.namespace = Array("/admin".utf8)
        wanted.rooms = [Array("r1".utf8)]
        wanted.skipped = [Array("s1".utf8)]
        #expect(read == wanted)
    }

    @Test("may leave out what has a default")
    func defaults() throws {
        for text in [
            #"{"method":"emit","event":"e"}"#,
            #"{"method":"emit","event":"e","data":null,"binary":null,"namespace":null,"room":null,"skip_sid":null}"#,
        ] {
            let read = try emission(text)
            #expect(
                read == EmitterMessage.Emission(event: Array("e".utf8), data: .json(Array("null".utf8))))
            #expect(read.namespace == Array("/".utf8))
        }
    }

    @Test(
        "has arguments that become data",
        arguments: [
            ("[]", "null"), ("[1]", "1"), ("[[1,2]]", "[1,2]"), ("[1, \"2\"]", "[1, \"2\"]"),
            ("{\"a\":[ ]}", "{\"a\":[ ]}"), ("\"text\"", "\"text\""), ("[ null ]", "null"),
        ])
    func data(given: String, wanted: String) throws {
        let read = try emission(#"{"method":"emit","event":"e","data":\#(given)}"#)
        #expect(read.data == .json(Array(wanted.utf8)))
    }

    @Test("may be bytes, as a whole")
    func bytes() throws {
        for arguments in [#"[{"_placeholder":true,"num":0}]"#, #"{"num": 0, "_placeholder": true}"#] {
            let read = try emission(
                #"{"method":"emit","event":"e","binary":true,"data":[\#(arguments),"AB7/"]}"#)
            #expect(read.data == .bytes([0x00, 0x1E, 0xFF]))
        }
        let none = try emission(#"{"method":"emit","event":"e","binary":true,"data":[[{"a":1}]]}"#)
        #expect(none.data == .json(Array(#"{"a":1}"#.utf8)))
    }

    @Test("names rooms by strings or numbers, one or several")
    func rooms() throws {
        for (given, wanted) in [
            ("\"r\"", ["r"]), ("42", ["42"]), ("[]", []), ("[\"a\",7,\"\\u00fc\"]", ["a", "7", "ü"]),
        ] {
            let read = try emission(#"{"method":"emit","event":"e","room":\#(given),"skip_sid":\#(given)}"#)
            #expect(read.rooms == wanted.map { Array($0.utf8) })
            #expect(read.skipped == wanted.map { Array($0.utf8) })
        }
    }

    @Test("may be something else than an event")
    func others() throws {
        #expect(
            try decode(#"{"method":"disconnect","sid":"s","namespace":"/n"}"#)
                == .disconnect(socket: Array("s".utf8), namespace: Array("/n".utf8)))
        #expect(try decode(#"{"method":"close_room","room":"r"}"#) == .closeRoom(Array("r".utf8)))
        for method in ["callback", "enter_room", "leave_room", "new"] {
            #expect(try decode(#"{"method":"\#(method)"}"#) == .other(Array(method.utf8)))
        }
    }

    @Test("is refused as a pickle, whatever follows")
    func pickles() {
        #expect(error([0x80]) == .pickle)
        #expect(error([0x80, 0x05, 0x95] + Array(#"{"method":"emit"}"#.utf8)) == .pickle)
    }

    @Test("is not a message that a client has published to the channel")
    func messages() {
        let message =
            #"{"type":"message","channel":"socketio","event":"message","time":1,"data":{"method":"emit"}}"#
        #expect(error(Array(message.utf8)) == .message)
    }

    @Test(
        "is refused with what is wrong",
        arguments: [
            ("", "not JSON"), ("[]", "an object is wanted"), ("{}", "'method' is missing"),
            (#"{"method":1}"#, "'method' must be a string"), (#"{"method":"emit"}"#, "'event' must be"),
            (#"{"method":"emit","event":""}"#, "'event' must be"),
            (#"{"method":"emit","event":7}"#, "'event' must be"),
            (#"{"method":"emit","event":"e","room":{}}"#, "'room' must be a string"),
            (#"{"method":"emit","event":"e","room":[null]}"#, "'room' must be a string"),
            (#"{"method":"emit","event":"e","namespace":[]}"#, "'namespace' must be a string"),
            (#"{"method":"emit","event":"e","data":NaN}"#, "not JSON"),
            (#"{"method":"emit","event":"e","binary":true,"data":1}"#, "must be a list"),
            (#"{"method":"emit","event":"e","binary":true,"data":[]}"#, "is empty"),
            (#"{"method":"emit","event":"e","binary":true,"data":[[1],"AAAA"]}"#, "placeholder"),
            (
                #"{"method":"emit","event":"e","binary":true,"data":[[{"_placeholder":true,"num":0}],"A"]}"#,
                "base64"
            ),
            (
                #"{"method":"emit","event":"e","binary":true,"data":[[{"_placeholder":true,"num":0}],1]}"#,
                "base64"
            ),
            (
                #"{"method":"emit","event":"e","binary":true,"data":[[{"f":{"_placeholder":true,"num":0}}],"AAAA"]}"#,
                "bytes within other data"
            ),
            (
                #"{"method":"emit","event":"e","binary":true,"data":[[1,{"_placeholder":true,"num":0}],"AAAA"]}"#,
                "bytes within other data"
            ),
            (#"{"method":"disconnect"}"#, "'sid' must be a string"),
            (#"{"method":"close_room"}"#, "'room' must be a string"),
        ])
    func refusals(text: String, reason: String) {
        guard case .malformed(let found) = error(Array(text.utf8)) else {
            Issue.record("not refused: \(text)")
            return
        }
        #expect(found.contains(reason))
    }

    @Test("may not name more than so many")
    func bounds() {
        let names = Array(repeating: "\"r\"", count: EmitterDecoder.maximumNames + 1).joined(separator: ",")
        let message = #"{"method":"emit","event":"e","room":[\#(names)]}"#
        #expect(error(Array(message.utf8)) == .malformed("'room' names more than 1000"))
    }
}
