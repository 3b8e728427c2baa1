import Testing
import Wire

@testable import Bench

@Suite("What a server sends is divided")
struct FramingTests {
    private func frames(_ text: String, _ framing: Framing) -> [String] {
        let bytes = Array(text.utf8)
        var position = 0
        var frames: [String] = []
        while let frame = framing.frame(bytes.span, at: position), frame.end <= bytes.count {
            frames.append(String(decoding: bytes[frame.start..<frame.end], as: UTF8.self))
            position = frame.end
        }
        return frames
    }

    @Test("into events")
    func events() {
        #expect(
            frames("retry: 1\n\nid: 1\ndata: x\n\n:\n\ndata: half\n", .events)
                == ["retry: 1\n\n", "id: 1\ndata: x\n\n", ":\n\n"])
    }

    @Test("into packets of a poll")
    func records() {
        #expect(frames("2\u{1E}42[1]\u{1E}half", .records) == ["2\u{1E}", "42[1]\u{1E}"])
    }

    @Test("The greeting of Socket.IO")
    func greeting() throws {
        var greeting = SocketIOGreeting(channel: "a\"b")
        func take(_ text: String) throws -> String? {
            let bytes = Array(text.utf8)
            return try greeting.take(bytes.span).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try take(#"0{"sid":"x"}"#) == "40")
        #expect(try take("2") == "3")
        #expect(try take(#"40{"sid":"y"}"#) == #"420["subscribe","a\"b"]"#)
        #expect(try take(#"42["message","early"]"#) == nil)
        #expect(try take(#"430[{"channel":"a"}]"#) == nil)
        #expect(greeting.isReady)
        #expect(try take("2") == "3")
        var refused = SocketIOGreeting(channel: "a")
        #expect(throws: BenchError.self) { _ = try refused.take(Array("44{}".utf8).span) }
    }
}
