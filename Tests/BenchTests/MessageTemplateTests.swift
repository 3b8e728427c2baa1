import Testing
import Wire

@testable import Bench

@Suite struct MessageTemplateTests {
    @Test("a message is what the server would make of it, on every channel")
    func message() throws {
        let traffic = try Traffic(subscribers: 30, channels: 30, publishers: 1, name: "room", size: 100)
        var template = MessageTemplate.message(traffic, time: 1_763_694_000_123)
        for number: UInt64 in [0, 29, 31, 5] {
            let stamp = traffic.stamp(of: number, time: 99)
            template.set(stamp)
            let name = Array(traffic.channelName(Int(stamp.channel)).utf8)
            let found = MessageView(template.bytes.span, channel: name.span)
            let view = try #require(found)
            #expect(view.data.contents.count == 100)
            #expect(Stamp(template.bytes.span, at: view.data.contents.lowerBound) == stamp)
        }
    }

    @Test("a command is one that the native door takes")
    func command() throws {
        let traffic = try Traffic(subscribers: 1, channels: 1, publishers: 1, name: "room", size: 100)
        var template = MessageTemplate.command(traffic)
        template.set(traffic.stamp(of: 0, time: 1))
        template.set(reference: 1_000_000_042)
        let (command, reference) = try NativeDecoder.decode(template.bytes.span)
        #expect(reference == .integer(1_000_000_042))
        guard case .publish(let publish) = command else {
            Issue.record("not a publish command")
            return
        }
        #expect(publish.channel.description == "room")
        #expect(publish.data.count == 102)
    }

    @Test("the RESP command says the lengths of what it holds")
    func resp() throws {
        let traffic = try Traffic(subscribers: 20, channels: 20, publishers: 1, name: "room", size: 48)
        var template = MessageTemplate.text(traffic).inPublishCommand()
        template.set(Stamp(channel: 17, publisher: 0, sequence: 0, time: 0))
        let text = String(decoding: template.bytes, as: UTF8.self)
        #expect(text.hasPrefix("*3\r\n$7\r\nPUBLISH\r\n$11\r\nroom-000017\r\n$48\r\nroost#1:00000011"))
        #expect(text.hasSuffix("\r\n"))
    }
}
