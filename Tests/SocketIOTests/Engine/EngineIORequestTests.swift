import Testing
import Wire

@testable import SocketIO

@Suite("A request to Engine.IO")
struct EngineIORequestTests {
    private func request(
        _ query: String, _ method: String = "GET", isUpgrade: Bool = false
    ) throws -> Result<EngineIORequest, EngineIORefusal> {
        let upgrade = isUpgrade ? "Upgrade: websocket\r\nConnection: Upgrade\r\n" : ""
        let bytes = Array("\(method) /socket.io/\(query) HTTP/1.1\r\nHost: a\r\n\(upgrade)\r\n".utf8)
        var decoder = HTTPHeadDecoder(maximumSize: 4_096)
        var position = 0
        let head = try #require(try decoder.next(bytes.span, &position))
        do throws(EngineIORefusal) {
            return .success(try EngineIORequest(head))
        } catch {
            return .failure(error)
        }
    }

    @Test("is understood by its query, method and upgrade")
    func requests() throws {
        #expect(try request("?EIO=4&transport=polling") == .success(.open))
        #expect(try request("?t=x&transport=polling&EIO=4&sid=") == .success(.open))
        #expect(try request("?EIO=4&transport=polling&sid=a") == .success(.poll(session: "a")))
        #expect(try request("?EIO=4&transport=polling&sid=a", "POST") == .success(.post(session: "a")))
        #expect(
            try request("?EIO=4&transport=websocket", isUpgrade: true) == .success(.webSocket(session: nil)))
        #expect(
            try request("?EIO=4&transport=websocket&sid=a", isUpgrade: true)
                == .success(.webSocket(session: "a")))
    }

    @Test("is refused as the reference server does it")
    func refusals() throws {
        #expect(try request("") == .failure(.unknownTransport))
        #expect(try request("?EIO=4&transport=flashsocket") == .failure(.unknownTransport))
        #expect(try request("?transport=polling") == .failure(.unsupportedVersion))
        #expect(try request("?EIO=3&transport=polling") == .failure(.unsupportedVersion))
        #expect(try request("?EIO=4&transport=polling", "POST") == .failure(.badMethod))
        #expect(try request("?EIO=4&transport=polling&sid=a", "PUT") == .failure(.badRequest))
        #expect(try request("?EIO=4&transport=websocket") == .failure(.badRequest))
        #expect(try request("?EIO=4&transport=polling", isUpgrade: true) == .failure(.badRequest))
        #expect(try request("?EIO=4&transport=polling&sid=%") == .failure(.badRequest))
        #expect(
            String(decoding: EngineIORefusal.unknownTransport.response.body, as: UTF8.self)
                == #"{"code":0,"message":"Transport unknown"}"#)
    }
}
