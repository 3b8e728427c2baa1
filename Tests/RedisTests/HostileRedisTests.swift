import Broker
import EventLoop
import Redis
import TestSupport
import Testing
import Wire

/// Servers that are not what they seem. Whatever they send, the broker stays up, away, and within its bounds.
@Suite("Hostile Redis")
struct HostileRedisTests {
    private func fixture(_ server: SocketServer) throws -> RedisFixture {
        try RedisFixture(RedisSettings(endpoint: .tcp(host: "127.0.0.1", port: server.port)))
    }

    @Test(
        "what is not Redis is said to be none",
        arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9\r\n", "\0\0\0", "*99999999\r\n"])
    func notRedis(greeting: String) throws {
        let server = try SocketServer { peer in
            peer.write(greeting)
            _ = peer.read()
        }
        defer { server.stop() }
        let fixture = try fixture(server)
        defer { fixture.close() }
        fixture.waitUntilAway("127.0.0.1:\(server.port) does not speak Redis' protocol")
    }

    @Test("more replies than commands end the connection")
    func tooManyReplies() throws {
        let server = try SocketServer { peer in
            while !peer.read().isEmpty, peer.write(String(repeating: "+OK\r\n", count: 100)) {}
        }
        defer { server.stop() }
        let fixture = try fixture(server)
        defer { fixture.close() }
        fixture.waitUntilAway("sent a reply that nothing was asked for")
    }

    @Test("a peer that never answers the login is given up")
    func silentLogin() throws {
        let server = try SocketServer { peer in while !peer.read().isEmpty {} }
        defer { server.stop() }
        var settings = RedisSettings(endpoint: .tcp(host: "127.0.0.1", port: server.port))
        settings.probeInterval = 30
        let fixture = try RedisFixture(settings)
        defer { fixture.close() }
        fixture.waitUntilAway("no answer from 127.0.0.1:\(server.port)")
    }

    @Test("random replies to a broker in use do no harm", arguments: 0..<8)
    func fuzz(seed: Int) throws {
        let vocabulary = [
            "+OK\r\n", "+PONG\r\n", "$4\r\npong\r\n", "-ERR no\r\n", "-MISCONF no\r\n", ":1\r\n", "$-1\r\n",
            "*0\r\n",
            "*-1\r\n", "*1\r\n$7\r\nmessage\r\n", "*3\r\n$7\r\nmessage\r\n$4\r\nchat\r\n$5\r\nhello\r\n",
            "*3\r\n$7\r\nmessage\r\n:1\r\n$-1\r\n", "*2\r\n$8\r\npmessage\r\n$2\r\nc*\r\n",
            "*3\r\n$9\r\nsubscribe\r\n$4\r\nchat\r\n:1\r\n",
            "*3\r\n$9\r\nsubscribe\r\n$5\r\nother\r\n:1\r\n", "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n",
            "*3\r\n$10\r\npsubscribe\r\n$2\r\nc*\r\n:1\r\n",
            "*4\r\n$8\r\npmessage\r\n$2\r\nc*\r\n$4\r\nchat\r\n$1\r\nx\r\n", "*1\r\n*1\r\n*1\r\n:1\r\n",
        ]
        let server = try SocketServer { peer in
            var random = SeededGenerator(seed: UInt64(seed))
            // Logged in properly, then nonsense.
            _ = peer.read()
            peer.write("+OK\r\n+PONG\r\n")
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                guard peer.write(vocabulary[Int.random(in: 0..<vocabulary.count, using: &random)]) else {
                    return
                }
            }
            if Bool.random(using: &random) { peer.resetOnClose() }
        }
        defer { server.stop() }
        let fixture = try fixture(server)
        defer { fixture.close() }
        var published: UInt64 = 0
        fixture.broker.subscribe(to: .channel("chat"))
        fixture.broker.subscribe(to: .pattern("c*"))
        let timer = LoopTimer(on: fixture.runner.loop) {
            for _ in 0..<3 {
                fixture.publish("x", to: "chat", receipt: published)
                published += 1
            }
            let topic = Topic.channel("topic \(published % 5)")
            if published % 2 == 0 {
                fixture.broker.subscribe(to: topic)
            } else {
                fixture.broker.unsubscribe(from: topic)
            }
        }
        timer.start(after: 1, every: 1)
        fixture.runner.run(forMilliseconds: 400)
        timer.close()
        fixture.broker.close()
        // Every publish has had one answer, in order, whatever happened.
        #expect(fixture.recorder.answers.map(\.receipt) == Array(0..<published))
        for message in fixture.recorder.messages {
            #expect([Topic.Kind.channel, .pattern].contains(message.kind))
        }
    }
}
