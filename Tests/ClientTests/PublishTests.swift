import Testing
import Wire

@testable import Client

@Suite("What is published")
struct PublishTests {
    @Test("text becomes a JSON string")
    func text() throws {
        let input = PublishInput(isJSON: false)
        #expect(try input.value(of: Array("say \"hi\"".utf8)) == Array(#""say \"hi\"""#.utf8))
        #expect(try input.value(of: []) == Array(#""""#.utf8))
        #expect(throws: ClientError("is not valid UTF-8")) { try input.value(of: [0xFF]) }
    }

    @Test("JSON is published as it stands")
    func json() throws {
        let input = PublishInput(isJSON: true)
        #expect(try input.value(of: Array(#" {"a": 1} "#.utf8)) == Array(#" {"a": 1} "#.utf8))
        for bad in ["", "{", "hello", "1 2", "\u{1}"] {
            #expect(throws: ClientError.self) { try input.value(of: Array(bad.utf8)) }
        }
    }

    @Test("the frame is one that the server takes")
    func frame() throws {
        let channel = try ChannelName(validating: "a\"b")
        let frame = ClientFrame.publish(channel: channel, event: "e\\v", data: Array("[1]".utf8).span, ref: 7)
        let (command, reference) = try NativeDecoder.decode(frame.span)
        guard case .publish(let publish) = command else {
            Issue.record("not a publish command")
            return
        }
        #expect(publish.channel == channel)
        #expect(publish.event == Array("e\\v".utf8))
        #expect(Array(frame[publish.data]) == Array("[1]".utf8))
        #expect(reference == .integer(7))
        let subscribe = ClientFrame.subscribe(.pattern(channel), ref: 1)
        #expect(try NativeDecoder.decode(subscribe.span).command == .subscribe(.pattern(channel), since: nil))
    }

    @Test("the window closes at its count and at its bytes, and opens with each answer")
    func window() {
        var window = PublishWindow(maximumCount: 2, maximumBytes: 100)
        #expect(window.hasRoom && window.isEmpty)
        #expect(window.add(size: 10) == 1)
        #expect(window.hasRoom)
        #expect(window.add(size: 10) == 2)
        #expect(!window.hasRoom)
        #expect(window.acknowledge(1) == true)
        #expect(window.hasRoom)
        #expect(window.add(size: 200) == 3)
        #expect(window.acknowledge(2) == true)
        #expect(!window.hasRoom)
        #expect(window.remove(3) == true)
        #expect(window.hasRoom && window.isEmpty)
        #expect(window.acknowledged == 2)
        #expect(window.sent == 3)
    }

    @Test("a message larger than the window goes alone")
    func large() {
        var window = PublishWindow(maximumCount: 2, maximumBytes: 100)
        #expect(window.hasRoom)
        _ = window.add(size: 1_000_000)
        #expect(!window.hasRoom)
    }

    @Test("answers that nobody asked for change nothing")
    func unasked() {
        var window = PublishWindow(maximumCount: 2, maximumBytes: 100)
        _ = window.add(size: 1)
        #expect(window.acknowledge(2) == false)
        #expect(window.acknowledge(-1) == false)
        #expect(window.acknowledge(1) == true)
        #expect(window.acknowledge(1) == false)
        #expect(window.acknowledged == 1)
    }
}
