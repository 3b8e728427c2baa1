import Testing
import Wire

@testable import SocketIO

@Suite("An Engine.IO session")
struct EngineIOSessionTests {
    private func session(_ transport: EngineIOTransport = .polling, now: UInt64 = 1_000) -> Held<
        EngineIOSession
    > {
        Held(EngineIOSession(transport, pingInterval: 300, pingTimeout: 200, now: now))
    }

    private let probe = Array("probe".utf8)
    private let none: [UInt8] = []

    // MARK: Polling

    @Test("is polled once at a time, and ends with a second poll")
    func polls() {
        let session = session()
        #expect(session { $0.poll() } == .whenThereIsSomething)
        #expect(session.value.isPolled)
        #expect(session { $0.poll() } == .overlap)
        session { $0.pollEnded() }
        #expect(session { $0.poll() } == .whenThereIsSomething)
    }

    @Test("takes one post at a time")
    func posts() {
        let session = session()
        #expect(session { $0.post() } == .accepted)
        #expect(session { $0.post() } == .overlap)
        session { $0.postEnded() }
        #expect(session { $0.post() } == .accepted)
    }

    @Test("takes no polls or posts over a WebSocket")
    func webSocketOnly() {
        let session = session(.webSocket)
        #expect(session { $0.poll() } == .refused)
        #expect(session { $0.post() } == .refused)
        #expect(!session { $0.openProbe() })
    }

    // MARK: Packets

    @Test("takes messages, pongs, noops and the end from a client, and nothing else")
    func packets() throws {
        let session = session()
        #expect(try session { try $0.receive(.message, now: 1_000) } == .message)
        #expect(try session { try $0.receive(.noop, now: 1_000) } == .nothing)
        #expect(try session { try $0.receive(.close, now: 1_000) } == .closed)
        for type in [EngineIOPacketType.open, .ping, .upgrade] {
            #expect(throws: EngineIOError.self) { try session { try $0.receive(type, now: 1_000) } }
        }
    }

    // MARK: Heartbeat

    @Test("pings after its interval, and again so long after the answer")
    func heartbeat() throws {
        let session = session(now: 1_000)
        #expect(session.value.heartbeat == .ping(at: 1_300))
        #expect(session { $0.pingDue(1_300, now: 1_300) } == 1_500)
        #expect(try session { try $0.receive(.pong, now: 1_450) } == .pinged(next: 1_750))
        #expect(!session { $0.pongDue(1_500) })
        #expect(session { $0.pingDue(1_750, now: 1_751) } == 1_950)
        #expect(session { $0.pongDue(1_950) })
    }

    @Test("lets a pong by that nobody asked for, and a deadline that does not count any more")
    func stale() throws {
        let session = session(now: 1_000)
        #expect(try session { try $0.receive(.pong, now: 1_200) } == .nothing)
        #expect(session.value.heartbeat == .ping(at: 1_300))
        #expect(session { $0.pingDue(1_200, now: 1_300) } == nil)
        #expect(session { $0.pingDue(1_300, now: 1_300) } == 1_500)
        #expect(session { $0.pingDue(1_300, now: 1_300) } == nil)
        session { $0.end(isOrderly: true) }
        #expect(!session { $0.pongDue(1_500) })
    }

    @Test("takes no more than a quarter of the time from a client when the server is late")
    func late() {
        let punctual = session(now: 1_000)
        #expect(punctual { $0.pingDue(1_300, now: 1_340) } == 1_500)
        let late = session(now: 1_000)
        #expect(late { $0.pingDue(1_300, now: 2_000) } == 2_150)
    }

    // MARK: Upgrade

    @Test("goes over to a WebSocket that has been probed")
    func upgrade() {
        let session = session()
        #expect(session { $0.openProbe() })
        #expect(session { $0.poll() } == .whenThereIsSomething)
        session { $0.pollEnded() }
        #expect(session { $0.receiveProbe(.ping, data: probe.span) } == .answer)
        // A client that polls still is let go.
        #expect(session { $0.poll() } == .now)
        #expect(session { $0.post() } == .accepted)
        #expect(session { $0.receiveProbe(.upgrade, data: none.span) } == .upgrade)
        #expect(session.value.phase == .webSocket)
        #expect(session { $0.poll() } == .refused)
        #expect(!session { $0.openProbe() })
    }

    @Test("is offered one WebSocket at a time")
    func oneProbe() {
        let session = session()
        #expect(session { $0.openProbe() })
        #expect(!session { $0.openProbe() })
        session { $0.probeEnded() }
        #expect(session { $0.openProbe() })
        #expect(session { $0.receiveProbe(.ping, data: probe.span) } == .answer)
        session { $0.probeEnded() }
        #expect(session { $0.poll() } == .whenThereIsSomething)
    }

    @Test("stays as it is when the probe is none")
    func badProbe() {
        for (type, data) in [
            (EngineIOPacketType.message, none), (.ping, none), (.ping, probe + probe), (.upgrade, none),
            (.pong, probe), (.close, none),
        ] {
            let session = session()
            #expect(session { $0.openProbe() })
            #expect(session { $0.receiveProbe(type, data: data.span) } == .fail)
            #expect(session.value.phase == .polling)
        }
        let session = session()
        _ = session { $0.openProbe() }
        _ = session { $0.receiveProbe(.ping, data: probe.span) }
        #expect(session { $0.receiveProbe(.ping, data: probe.span) } == .fail)
        #expect(session { $0.receiveProbe(.upgrade, data: probe.span) } == .fail)
    }

    // MARK: End

    @Test("that the server ends in order waits for the client to hear it")
    func farewell() {
        let session = session()
        session { $0.end(isOrderly: true) }
        #expect(!session.value.isOpen)
        #expect(session { $0.post() } == .refused)
        #expect(!session { $0.openProbe() })
        #expect(session { $0.poll() } == .farewell)
        #expect(session { $0.poll() } == .farewell)
        session { $0.forget() }
        #expect(session { $0.poll() } == .refused)
    }

    @Test("that ends otherwise, or over a WebSocket, is over at once")
    func end() {
        let polling = session()
        polling { $0.end(isOrderly: false) }
        #expect(polling.value.phase == .closed)
        #expect(polling { $0.poll() } == .refused)
        let webSocket = session(.webSocket)
        webSocket { $0.end(isOrderly: true) }
        #expect(webSocket.value.phase == .closed)
    }
}
