import SocketIO
import Testing
import Wire

@testable import Server

@Suite("The settings of Socket.IO")
struct SocketIOSettingsTests {
    @Test("have the main namespace first, each once, and payloads that hold a message")
    func derived() {
        var settings = Settings()
        settings.socketIO.namespaces = ["/admin", "/", "/admin", "/b"]
        settings.limits.messageSize = 16 << 20
        let derived = SocketIOSettings(settings, worker: 11)
        #expect(derived.namespaces == ["/", "/admin", "/b"])
        #expect(derived.engine.maximumPayload == 32 << 20)
        #expect(derived.engine.sessionPrefix == "b_")
        #expect(SocketIOSettings(Settings(), worker: 0).engine.maximumPayload == 1_000_000)
    }

    @Test("emitters are listened to in Redis only")
    func emitters() {
        var settings = Settings()
        #expect(WorkerSettings(settings, .open, 1, name: "", index: 0).emitters == [])
        settings.redis.url = "redis://127.0.0.1"
        #expect(
            WorkerSettings(settings, .open, 1, name: "", index: 0).emitters == [
                .flaskSocketIO, .pythonSocketIO,
            ])
    }

    @Test("a namespace begins with / and has no comma", arguments: ["admin", "", "/a,b", "/a?b", "/\u{1}"])
    func namespaces(text: String) {
        #expect(throws: InvalidValue.self) { try ValueFormat<String>.namespace.parse(text) }
    }
}
