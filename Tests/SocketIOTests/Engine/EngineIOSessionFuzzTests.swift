import TestSupport
import Testing
import Wire

@testable import SocketIO

@Suite("An Engine.IO session, whatever happens to it")
struct EngineIOSessionFuzzTests {
    private static let data = [[UInt8](), Array("probe".utf8), [1]]

    /// Each byte is something that happens.
    @Test("keeps its rules")
    func rules() throws {
        let seeds: [[UInt8]] = [
            [0, 1, 0, 1, 2, 3], [4, 0x25, 0, 0x0D, 0], [4, 4, 0x25, 6, 0, 1], [7, 8, 8], [2, 2, 9, 0, 0],
            [10, 0, 4, 0x25], [7, 0x33, 7, 8],
        ]
        try Fuzz.run(20_000, seeds: seeds) { input, generator in
            var now: UInt64 = 0
            var session = EngineIOSession(
                generator.isOne(in: 4) ? .webSocket : .polling, pingInterval: 30, pingTimeout: 20, now: now)
            for byte in input.prefix(64) {
                now += UInt64(byte & 7)
                let before = session
                step(&session, byte, now)
                if let broken = broken(before, session) { return broken }
            }
            return nil
        }
    }

    private func step(_ session: inout EngineIOSession, _ byte: UInt8, _ now: UInt64) {
        let type = EngineIOPacketType.allCases[Int(byte >> 4) % 7]
        switch byte & 15 {
        case 0: _ = session.poll()
        case 1: session.pollEnded()
        case 2: _ = session.post()
        case 3: session.postEnded()
        case 4: _ = session.openProbe()
        case 5, 13:
            let data = Self.data[Int(byte >> 4) % 3]
            _ = session.receiveProbe(type, data: data.span)
        case 6: session.probeEnded()
        case 7: if case .ping(let deadline) = session.heartbeat { _ = session.pingDue(deadline, now: now) }
        case 8: if case .pong(let deadline) = session.heartbeat { _ = session.pongDue(deadline) }
        case 9: session.end(isOrderly: byte & 16 == 0)
        case 10: session.forget()
        default: _ = try? session.receive(type, now: now)
        }
    }

    private func broken(_ before: EngineIOSession, _ after: EngineIOSession) -> String? {
        if !before.isOpen, after.isOpen { return "it has come back" }
        if before.phase == .webSocket, after.phase == .polling { return "it went back to polling" }
        if before.phase == .polling, after.phase == .webSocket, before.probe != .answered {
            return "it went over to a WebSocket that had not been probed"
        }
        if after.phase != .polling, after.probe != .none { return "a probe of what is no polling session" }
        if after.phase == .webSocket, !before.isPolled, after.isPolled { return "a poll over a WebSocket" }
        return nil
    }
}
