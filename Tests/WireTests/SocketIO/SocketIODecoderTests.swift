import TestSupport
import Testing
import Wire

@Suite("The Socket.IO decoder")
struct SocketIODecoderTests {
    private func decoder(attachments: Int = 3, size: Int = 1_000) -> SocketIODecoder {
        SocketIODecoder(maximumAttachments: attachments, maximumSize: size)
    }

    /// What a packet without attachments is.
    private func decode(_ text: String) throws(SocketIOError) -> DecodedPacket? {
        var decoder = decoder()
        let bytes = Array(text.utf8)
        return try decoder.receive(text: bytes.span).map { DecodedPacket($0, in: bytes) }
    }

    @Test("takes CONNECT, with a namespace and what comes with it")
    func connect() throws {
        #expect(try decode("0") == DecodedPacket("/", .connect(auth: nil)))
        #expect(try decode("0/admin,") == DecodedPacket("/admin", .connect(auth: nil)))
        // As clients write it that leave out a comma with nothing behind it.
        #expect(try decode("0/random") == DecodedPacket("/random", .connect(auth: nil)))
        #expect(try decode(#"0{"token":"123"}"#) == DecodedPacket("/", .connect(auth: #"{"token":"123"}"#)))
        #expect(
            try decode(#"0/admin,{"sid":"oSO0"}"#)
                == DecodedPacket("/admin", .connect(auth: #"{"sid":"oSO0"}"#)))
    }

    @Test("takes DISCONNECT")
    func disconnect() throws {
        #expect(try decode("1") == DecodedPacket("/", .disconnect))
        #expect(try decode("1/admin,") == DecodedPacket("/admin", .disconnect))
        #expect(try decode("1/custom") == DecodedPacket("/custom", .disconnect))
    }

    @Test("takes events")
    func events() throws {
        #expect(try decode(#"2["foo"]"#) == DecodedPacket("/", .event("foo", [], id: nil)))
        #expect(try decode(#"2/admin,["bar",1]"#) == DecodedPacket("/admin", .event("bar", ["1"], id: nil)))
        #expect(
            try decode(#"212["foo", {"a":[true]} ,"é"]"#)
                == DecodedPacket("/", .event("foo", [#"{"a":[true]}"#, #""é""#], id: 12)))
        #expect(try decode(#"2/a,0["\u0061\n"]"#) == DecodedPacket("/a", .event("a\n", [], id: 0)))
        #expect(try decode(#"2[1.5,2]"#) == DecodedPacket("/", .event("1.5", ["2"], id: nil)))
        #expect(try decode(#"50-["a",1]"#) == DecodedPacket("/", .event("a", ["1"], id: nil)))
    }

    @Test("takes acknowledgements")
    func acknowledgements() throws {
        #expect(try decode("30[]") == DecodedPacket("/", .acknowledgement([], id: 0)))
        #expect(
            try decode(#"3/admin,13["bar"]"#)
                == DecodedPacket("/admin", .acknowledgement([#""bar""#], id: 13)))
        #expect(
            try decode("39007199254740991[1]")
                == DecodedPacket("/", .acknowledgement(["1"], id: 9_007_199_254_740_991)))
    }

    @Test(
        "refuses what is no packet of a client's",
        arguments: [
            "", "abc", "7", "é", #"4{"message":"x"}"#,
            // CONNECT and DISCONNECT.
            "0[]", "0null", "0{", "0{}x", "01{}", "01", "0/a,1{}", "0x", "1{}", "1[]", "11", "1/a,x",
            // Events.
            "2", "2{}", "2[]", "2null", "2[null]", "2[{}]", "2[[]]", "2[true]", #"2["a""#, #"2["a"]x"#,
            #"2abc["a"]"#, #"2-1["a"]"#, #"21.5["a"]"#, #"2 ["a",]"#, #"2/a["a"]"#, #"2"a""#,
            #"29007199254740992["a"]"#, #"299999999999999999999999999["a"]"#,
            // Acknowledgements.
            "3[]", "31", "31{}", "31null", "31[", "3/a,[]",
            // Attachments.
            "5", #"5["a"]"#, #"51["a"]"#, #"5-["a"]"#, #"54-["a"]"#, #"5-1-["a"]"#, #"599999999999-["a"]"#,
            "6",
            #"6["a"]"#, "61[]", "5x-[]",
            // Namespaces.
            "0/a\u{1F}b,", "0/\n",
        ])
    func errors(_ text: String) {
        #expect(throws: SocketIOError.self) { try decode(text) }
    }

    @Test("refuses the names that clients keep for themselves", arguments: SocketIOEventName.reserved)
    func reserved(_ name: StaticString) {
        #expect(throws: SocketIOError.self) { try decode(#"2["\#(name)"]"#) }
        #expect(throws: SocketIOError.self) {
            try decode(#"2["\u00\#(hex(name))\#("\(name)".dropFirst())"]"#)
        }
    }

    private func hex(_ name: StaticString) -> String {
        String("\(name)".utf8.first ?? 0, radix: 16)
    }

    @Test("refuses a namespace that is too long or not UTF-8")
    func namespaces() throws {
        let longest = "/" + String(repeating: "n", count: SocketIOPacket.maximumNamespaceLength - 1)
        #expect(try decode("0\(longest),")?.namespace == longest)
        #expect(throws: SocketIOError.self) { try decode("0\(longest)n,") }
        var decoder = decoder()
        let bytes = Array("0/".utf8) + [0xFF]
        #expect(throws: SocketIOError.self) { try decoder.receive(text: bytes.span) }
    }

    @Test("refuses arguments that nest too deep")
    func depth() throws {
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try decode(#"2["a",\#(deepest)]"#) == DecodedPacket("/", .event("a", [deepest], id: nil)))
        #expect(throws: SocketIOError.self) { try decode(#"2["a",[\#(deepest)]]"#) }
        #expect(throws: SocketIOError.self) { try decode(#"0{"a":\#(deepest)}"#) }
    }

    // MARK: Attachments

    /// What the packet is that is whole with the last of the attachments.
    private func decode(_ text: String, _ attachments: [[UInt8]]) throws(SocketIOError) -> DecodedPacket? {
        var decoder = decoder()
        guard try decoder.receive(text: Array(text.utf8).span) == nil else { return nil }
        for (index, attachment) in attachments.enumerated() {
            guard let packet = try decoder.receive(binary: attachment.span) else { continue }
            #expect(index == attachments.count - 1)
            return DecodedPacket(packet, in: decoder.assembled)
        }
        return nil
    }

    @Test("puts a packet and its attachments together")
    func attachments() throws {
        #expect(
            try decode(#"51-["baz",{"_placeholder":true,"num":0}]"#, [[1, 2, 3, 4]])
                == DecodedPacket(
                    "/", .event("baz", [#"{"_placeholder":true,"num":0}"#], id: nil), [[1, 2, 3, 4]], [0]))
        #expect(
            try decode(
                #"52-/admin,7["a",{"x":[{"num":1,"_placeholder":true}, 1 ]},{"_placeholder":true,"num":0}]"#,
                [[1], []])
                == DecodedPacket(
                    "/admin",
                    .event(
                        "a",
                        [#"{"x":[{"num":1,"_placeholder":true}, 1 ]}"#, #"{"_placeholder":true,"num":0}"#],
                        id: 7),
                    [[1], []], [1, 0]))
        #expect(
            try decode(#"61-15["bar",{"_placeholder":true,"num":0}]"#, [[9]])
                == DecodedPacket(
                    "/", .acknowledgement([#""bar""#, #"{"_placeholder":true,"num":0}"#], id: 15), [[9]], [0])
        )
    }

    @Test("knows which argument is an attachment as a whole")
    func wholeAttachment() throws {
        var decoder = decoder()
        let text = #"52-["a",1,{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]]"#
        #expect(try decoder.receive(text: Array(text.utf8).span) == nil)
        #expect(try decoder.receive(binary: [7].span) == nil)
        guard case .event(_, let arguments, _)? = try decoder.receive(binary: [8].span)?.content else {
            Issue.record("no event")
            return
        }
        #expect(arguments.count == 3)
        #expect(arguments.attachment(at: 0) == nil)
        #expect(arguments.attachment(at: 1) == [8])
        #expect(arguments.attachment(at: 2) == nil)
        let all = decoder.assembled[arguments.range]
        #expect(
            String(decoding: all, as: UTF8.self)
                == #"1,{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]"#)
    }

    @Test("leaves what looks like a placeholder alone where there are no attachments")
    func noAttachments() throws {
        let value = #"{"_placeholder":true,"num":7}"#
        #expect(try decode(#"2["a",\#(value)]"#) == DecodedPacket("/", .event("a", [value], id: nil)))
    }

    @Test(
        "refuses placeholders that do not fit the attachments",
        arguments: [
            #"["a"]"#, #"["a",1]"#, #"["a",{"_placeholder":true,"num":1}]"#,
            #"["a",{"_placeholder":true,"num":-1}]"#,
            #"["a",{"_placeholder":true,"num":0.5}]"#, #"["a",{"_placeholder":true,"num":"0"}]"#,
            #"["a",{"_placeholder":true}]"#, #"["a",{"_placeholder":false,"num":0}]"#, #"["a",{"num":0}]"#,
            #"["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]"#,
            #"["a",{"_placeholder":true,"num":0,"x":1}]"#, #"["a",{"_placeholder":true,"num":0,"num":0}]"#,
            #"["a",{"_placeholder":true,"num":99999999999999999999}]"#,
            #"["a","{\"_placeholder\":true,\"num\":0}"]"#,
            #"[{"_placeholder":true,"num":0}]"#, "[]", "{}", #"["a",{"_placeholder":true,"num":0}"#,
        ])
    func badPlaceholders(_ data: String) {
        #expect(throws: SocketIOError.self) { try decode("51-\(data)", [[1]]) }
    }

    @Test("refuses a packet between another one and its attachments, and bytes without a packet")
    func order() throws {
        var decoder = decoder()
        #expect(try decoder.receive(text: Array(#"51-["a",{"_placeholder":true,"num":0}]"#.utf8).span) == nil)
        #expect(throws: SocketIOError.self) { try decoder.receive(text: Array(#"2["a"]"#.utf8).span) }
        var other = self.decoder()
        #expect(throws: SocketIOError.self) { try other.receive(binary: [1].span) }
    }

    @Test("bounds a packet with its attachments")
    func size() throws {
        let text = Array(#"52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#.utf8)
        var decoder = decoder(size: text.count + 10)
        #expect(try decoder.receive(text: text.span) == nil)
        #expect(try decoder.receive(binary: [UInt8](repeating: 0, count: 4).span) == nil)
        #expect(try decoder.receive(binary: [UInt8](repeating: 0, count: 6).span) != nil)
        #expect(try decoder.receive(text: text.span) == nil)
        #expect(throws: SocketIOError.self) {
            try decoder.receive(binary: [UInt8](repeating: 0, count: 11).span)
        }
        var small = self.decoder(size: text.count - 1)
        #expect(throws: SocketIOError.self) { try small.receive(text: text.span) }
    }
}
