import Wire

@testable import Bench

/// Frames as a server would send them.
enum Frames {
    static func text(_ payload: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = []
        WebSocketEncoder.appendFrame(.text, payload.span, to: &frame)
        return frame
    }

    static func control(_ opcode: WebSocketOpcode, _ payload: [UInt8] = []) -> [UInt8] {
        var frame: [UInt8] = []
        WebSocketEncoder.appendFrame(opcode, payload.span, to: &frame)
        return frame
    }

    /// The data of message `number` of a run.
    static func data(_ traffic: Traffic, _ number: UInt64, time: UInt64 = 0) -> [UInt8] {
        var template = MessageTemplate.text(traffic)
        template.set(traffic.stamp(of: number, time: time))
        return template.bytes
    }

    /// The native frame's payload for message `number`.
    static func message(_ traffic: Traffic, _ number: UInt64, time: UInt64 = 0) -> [UInt8] {
        var template = MessageTemplate.message(traffic, time: 1_763_694_000_123)
        template.set(traffic.stamp(of: number, time: time))
        return template.bytes
    }
}
