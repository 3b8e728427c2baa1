import TestSupport
import Testing
import Wire

@testable import SocketIO

@Suite("A Socket.IO session")
struct SocketIOSessionTests {
    private static let namespaces: [[UInt8]: UInt8] = [Array("/".utf8): 0, Array("/custom".utf8): 1]

    private func session() -> SocketIOSession {
        SocketIOSession(namespaces: Self.namespaces, maximumAttachments: 2, maximumSize: 1_000)
    }

    private func connected() throws -> SocketIOSession {
        var session = session()
        _ = try receive("0", &session)
        session.decide(0, isAccepted: true)
        return session
    }

    private func receive(
        _ text: String, _ session: inout SocketIOSession
    ) throws(SocketIOError) -> SocketIOSession.Action {
        try session.receive(text: Array(text.utf8).span)
    }

    @Test("is connected to a namespace when the server has decided so")
    func connect() throws {
        var session = session()
        #expect(try receive("0", &session) == .connect(0, auth: nil))
        #expect(session.view(0) == .connecting)
        #expect(!session.hasConnected)
        session.decide(0, isAccepted: true)
        #expect(session.view(0) == .connected)
        #expect(session.hasConnected)
        #expect(try receive("0/custom,{}", &session) == .connect(1, auth: 9..<11))
        session.decide(1, isAccepted: false)
        #expect(session.view(1) == .absent)
        #expect(try receive("0/custom", &session) == .connect(1, auth: nil))
    }

    @Test("is refused a namespace that there is not")
    func unknown() throws {
        var session = session()
        #expect(try receive("0/random", &session) == .refuse(namespace: Array("/random".utf8)))
        #expect(try receive("0", &session) == .connect(0, auth: nil))
    }

    @Test("ends with a packet for a namespace that the client is not connected to")
    func notConnected() throws {
        for text in [#"2["a"]"#, "30[]", "1", #"2/custom,["a"]"#, #"2/random,["a"]"#, "1/random,"] {
            var session = session()
            #expect(throws: SocketIOError.self) { try receive(text, &session) }
        }
        var connecting = session()
        _ = try receive("0", &connecting)
        #expect(throws: SocketIOError.self) { try receive(#"2["a"]"#, &connecting) }
        var again = try connected()
        #expect(throws: SocketIOError.self) { try receive("0", &again) }
    }

    @Test("hands over events and acknowledgements")
    func events() throws {
        var session = try connected()
        guard case .event(0, let name, let arguments, 7) = try receive(#"27["a",1]"#, &session) else {
            Issue.record("no event")
            return
        }
        #expect(name == Array("a".utf8) && arguments.count == 1)
        guard case .acknowledgement(0, _, 3) = try receive("33[]", &session) else {
            Issue.record("no acknowledgement")
            return
        }
        #expect(try receive(#"51-["a",{"_placeholder":true,"num":0}]"#, &session) == .nothing)
        guard case .event(0, _, let binary, nil) = try session.receive(binary: [9].span) else {
            Issue.record("no event")
            return
        }
        #expect(binary.attachments == [[9]])
        #expect(session.assembled.first == UInt8(ascii: "5"))
    }

    @Test("is left by the client, also before there was a decision")
    func disconnect() throws {
        var session = try connected()
        #expect(try receive("1", &session) == .disconnect(0))
        #expect(session.view(0) == .absent)
        #expect(try receive("0", &session) == .connect(0, auth: nil))
        #expect(try receive("1", &session) == .cancel(0))
        // Too late.
        session.decide(0, isAccepted: true)
        #expect(session.view(0) == .absent)
    }

    @Test("lets by what the client had sent before it knew that the server had ended it")
    func left() throws {
        var session = try connected()
        session.leave(0)
        for text in [#"2["a"]"#, "30[]", "1"] { #expect(try receive(text, &session) == .nothing) }
        #expect(try receive("0", &session) == .connect(0, auth: nil))
    }

    @Test("hands over nothing of a namespace that is not connected, whatever comes")
    func fuzz() throws {
        let seeds = [
            "0", "0/custom,{}", "0/random", "1", "1/custom,", #"2["a",1]"#, #"2/custom,5["a"]"#, "30[]",
            #"51-["a",{"_placeholder":true,"num":0}]"#, #"61-2[{"_placeholder":true,"num":0}]"#,
        ]
        try Fuzz.run(5_000, seeds: seeds.map { Array($0.utf8) }) { input, generator in
            var session = session()
            for step in 0..<20 {
                let text = step == 0 ? input : Array(generator.pick(seeds).utf8)
                let before = [session.view(0), session.view(1)]
                guard let action = try? session.receive(text: text.span) else { return nil }
                var reached = [action]
                if action == .nothing, let next = try? session.receive(binary: [1].span) {
                    reached.append(next)
                }
                for action in reached {
                    switch action {
                    case .event(let view, _, _, _), .acknowledgement(let view, _, _), .disconnect(let view):
                        guard before[Int(view)] == .connected else { return "not connected" }
                    case .connect(let view, _):
                        guard session.view(view) == .connecting else { return "not connecting" }
                        if generator.isOne(in: 2) {
                            session.decide(view, isAccepted: !generator.isOne(in: 4))
                        }
                    case .cancel(let view):
                        guard before[Int(view)] == .connecting else { return "nothing to cancel" }
                    case .nothing, .refuse: break
                    }
                }
                if generator.isOne(in: 8), session.view(0) == .connected { session.leave(0) }
            }
            return nil
        }
    }
}
