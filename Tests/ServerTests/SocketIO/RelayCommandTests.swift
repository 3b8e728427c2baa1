import Testing
import TestSupport
import Wire

@testable import Server

@Suite("An event of a Socket.IO client")
struct RelayCommandTests {
    private let chat = ChannelName.chat

    /// Reads a packet as the library does, and what it asks for.
    private func command(_ packet: String, _ attachments: [[UInt8]] = []) throws -> RelayCommand {
        try Self.command(Array(packet.utf8), attachments, chat)
    }

    private static func command(
        _ packet: [UInt8], _ attachments: [[UInt8]], _ channel: ChannelName
    ) throws -> RelayCommand {
        var decoder = SocketIODecoder(maximumAttachments: 10, maximumSize: 1_000_000)
        var found = try decoder.receive(text: packet.span)
        for attachment in attachments { found = try decoder.receive(binary: attachment.span) }
        guard case .event(let name, let arguments, _)? = found?.content else {
            throw SocketIOError("no event")
        }
        return try RelayCommand(name, arguments, in: packet.span, channel: channel)
    }

    private func error(_ packet: String, _ attachments: [[UInt8]] = []) -> NativeError? {
        do {
            _ = try command(packet, attachments)
            return nil
        } catch {
            return error as? NativeError
        }
    }

    /// What it publishes, with the JSON of its data.
    private func published(_ packet: String, _ attachments: [[UInt8]] = []) throws -> (RelayPublish, String) {
        guard case .publish(let publish) = try command(packet, attachments) else {
            throw SocketIOError("no publish")
        }
        let bytes = Array(packet.utf8)
        return (publish, String(decoding: publish.data.json(in: bytes.span), as: UTF8.self))
    }

    @Test("subscribes to a channel or a pattern, from a message on")
    func subscribing() throws {
        let news = Topic.channel(try ChannelName(validating: "news"))
        let id = MessageID(offset: 42, epoch: "k3f9")
        #expect(try command(#"2["subscribe","news"]"#) == .subscribe(news, since: nil))
        #expect(try command(#"2["subscribe","n\u0065ws",null]"#) == .subscribe(news, since: nil))
        #expect(try command(#"2["subscribe",{"channel":"news"}]"#) == .subscribe(news, since: nil))
        #expect(try command(#"2["subscribe","news",{"since":"42-k3f9"}]"#) == .subscribe(news, since: id))
        #expect(
            try command(#"2["subscribe",{"channel":"news","since":"42-k3f9"}]"#)
                == .subscribe(news, since: id))
        let pattern = Topic.pattern(try ChannelName(validating: "n*"))
        #expect(try command(#"2["subscribe",{"pattern":"n*"}]"#) == .subscribe(pattern, since: nil))
        #expect(try command(#"2["unsubscribe","news"]"#) == .unsubscribe(news))
    }

    @Test(
        "is published to the default channel under its name",
        arguments: [
            (#"2["message","hi"]"#, nil, "\"hi\""), (#"2["score",{"a": 1}]"#, "score", "{\"a\": 1}"),
            (#"2["none"]"#, "none", "null"), (#"2["two",1, [2]]"#, "two", "[1, [2]]"),
            (#"2/x,7["e",null]"#, "e", "null"),
        ])
    func events(packet: String, event: String?, data: String) throws {
        let (publish, json) = try published(packet)
        #expect(publish.channel == chat)
        #expect(publish.event == event.map { Array($0.utf8) })
        #expect(json == data)
        #expect(publish.echo)
    }

    @Test("may be bytes")
    func bytes() throws {
        let placeholder = #"{"_placeholder":true,"num":0}"#
        #expect(try published("51-[\"e\",\(placeholder)]", [[1, 2]]).0.data == .bytes([1, 2]))
        let (publish, _) = try published(
            "51-[\"publish\",{\"data\":\(placeholder),\"channel\":\"a\"}]", [[3]])
        #expect(publish.data == .bytes([3]))
        #expect(error("51-[\"e\",{\"in\":\(placeholder)}]", [[1]])?.code == .badRequest)
        #expect(error("51-[\"e\",1,\(placeholder)]", [[1]])?.code == .badRequest)
        #expect(
            error("51-[\"publish\",{\"data\":[\(placeholder)],\"channel\":\"a\"}]", [[1]])?.code
                == .badRequest)
    }

    @Test("publishes to any channel as the native door does")
    func publishing() throws {
        let (publish, json) = try published(
            #"2["publish",{"channel":"a","event":"e","data":[1],"ttl":60,"key":"k","echo":false}]"#)
        #expect(publish.channel == (try ChannelName(validating: "a")))
        #expect(publish.event == Array("e".utf8))
        #expect(json == "[1]")
        #expect(publish.timeToLive == 60)
        #expect(publish.idempotencyKey == Array("k".utf8))
        #expect(!publish.echo)
    }

    @Test(
        "is refused with what is accepted",
        arguments: [
            (#"2["subscribe"]"#, "wants the name"), (#"2["subscribe",""]"#, "is empty"),
            (#"2["subscribe","roost:x"]"#, "reserved"), (#"2["subscribe","a",5]"#, "must be an object"),
            (#"2["subscribe","a",{"since":5}]"#, "'since' must be"),
            (#"2["publish",5]"#, "wants an object"), (#"2["publish",{"channel":"a"}]"#, "'data' is missing"),
            (#"2["",5]"#, "1 to 255 bytes"),
        ])
    func refusals(packet: String, words: String) {
        #expect(error(packet)?.message.contains(words) == true)
        #expect(error(packet)?.code == .badRequest)
    }

    @Test("does not become data that is too deep to be read again")
    func depth() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try published("2[\"e\",\(deep)]").1 == deep)
        #expect(error("2[\"e\",\(deep),1]")?.code == .badRequest)
    }
}
