import TestSupport
import Testing
import Wire

@Suite("The Engine.IO encoder")
struct EngineIOEncoderTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("writes the handshake, which says what there is")
    func handshake() {
        var bytes: [UInt8] = []
        var handshake = EngineIOHandshake(
            id: "lv_VI97HAXpY6yYWAAAC", canUpgrade: true, pingInterval: 25_000, pingTimeout: 20_000,
            maximumPayload: 1_000_000)
        handshake.append(to: &bytes)
        #expect(
            text(bytes)
                == #"0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"#
                + #""pingTimeout":20000,"maxPayload":1000000}"#)
        handshake.canUpgrade = false
        bytes = []
        handshake.append(to: &bytes)
        #expect(text(bytes).contains(#""upgrades":[],"#))
    }

    @Test("writes packets for a payload, each with a separator behind it")
    func polling() {
        var bytes: [UInt8] = []
        EngineIOEncoder.append(.ping, for: .polling, to: &bytes)
        EngineIOEncoder.append(Array("3probe".utf8).span, for: .polling, to: &bytes)
        EngineIOEncoder.appendMessage(Array("hé".utf8).span, for: .polling, to: &bytes)
        EngineIOEncoder.appendMessage(binary: [1, 2, 3, 4].span, for: .polling, to: &bytes)
        #expect(text(bytes) == "2\u{1E}3probe\u{1E}4hé\u{1E}bAQIDBA==\u{1E}")
    }

    @Test("writes packets as frames for a WebSocket")
    func webSocket() {
        var bytes: [UInt8] = []
        EngineIOEncoder.append(.ping, for: .webSocket, to: &bytes)
        EngineIOEncoder.append(Array("3probe".utf8).span, for: .webSocket, to: &bytes)
        EngineIOEncoder.appendMessage(Array("hé".utf8).span, for: .webSocket, to: &bytes)
        EngineIOEncoder.appendMessage(binary: [1, 2, 3, 4].span, for: .webSocket, to: &bytes)
        #expect(
            DecodedEvent.all(in: bytes, role: .client) == [
                .text("2"), .text("3probe"), .text("4hé"), .binary([1, 2, 3, 4]),
            ])
    }

    @Test("makes frames of what waited for a poll, in order")
    func upgrade() {
        var waiting: [UInt8] = []
        var frames: [UInt8] = []
        EngineIOEncoder.appendFrames(ofPolled: waiting.span, to: &frames)
        #expect(frames.isEmpty)
        EngineIOEncoder.appendMessage(Array("51-[…]".utf8).span, for: .polling, to: &waiting)
        EngineIOEncoder.appendMessage(binary: [1, 2, 3].span, for: .polling, to: &waiting)
        EngineIOEncoder.appendMessage(binary: [UInt8]().span, for: .polling, to: &waiting)
        EngineIOEncoder.append(.ping, for: .polling, to: &waiting)
        EngineIOEncoder.appendMessage(Array("b".utf8).span, for: .polling, to: &waiting)
        EngineIOEncoder.appendFrames(ofPolled: waiting.span, to: &frames)
        #expect(
            DecodedEvent.all(in: frames, role: .client) == [
                .text("451-[…]"), .binary([1, 2, 3]), .binary([]), .text("2"), .text("4b"),
            ])
    }
}
