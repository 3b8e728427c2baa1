import Broker
import EventLoop
import Redis
import TestSupport
import Testing
import Wire

@Suite("Logging in to Redis")
struct RedisLoginTests {
    private func options(_ change: (inout RedisServer.Options) -> Void) -> RedisServer.Options {
        var options = RedisServer.Options()
        change(&options)
        return options
    }

    @Test("with the password of requirepass")
    func password() throws {
        let server = try RedisServer(options { $0.password = "open sesame".replacing(" ", with: "_") })
        let fixture = try RedisFixture(on: server) { $0.password = "open_sesame" }
        defer { fixture.close() }
        #expect(fixture.outcome(of: "x", to: "chat") == .accepted)
    }

    @Test("with user and password")
    func user() throws {
        let server = try RedisServer(
            options { $0.users = ["default off", "alice on >s3cret allchannels allkeys +@all"] })
        let fixture = try RedisFixture(on: server) {
            $0.user = "alice"
            $0.password = "s3cret"
        }
        defer { fixture.close() }
        fixture.subscribe(to: .channel("chat"))
        #expect(fixture.outcome(of: "x", to: "chat") == .accepted)
    }

    @Test("a wrong password, and none where one is needed, are said in the status, the password never")
    func wrongPassword() throws {
        let server = try RedisServer(options { $0.password = "right" })
        for (password, reason) in [("wr0ng", "WRONGPASS"), (nil, "NOAUTH")] {
            var settings = RedisSettings(endpoint: server.endpoint)
            settings.password = password
            let fixture = try RedisFixture(settings)
            defer { fixture.close() }
            fixture.waitUntilAway(reason)
            #expect(!fixture.recorder.reason.contains("wr0ng"))
            #expect(fixture.outcome(of: "x", to: "chat") == .failed(.unavailable))
        }
    }

    @Test("once the password is right the broker comes back by itself")
    func passwordRepaired() throws {
        let server = try RedisServer(options { $0.password = "old" })
        var settings = RedisSettings(endpoint: server.endpoint)
        settings.password = "new"
        let fixture = try RedisFixture(settings)
        defer { fixture.close() }
        fixture.waitUntilAway("WRONGPASS")
        try server.cli("CONFIG", "SET", "requirepass", "new")
        fixture.waitUntilReady()
    }

    @Test("the database is selected, the connections are named")
    func selectAndName() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server) { $0.database = 5 }
        defer { fixture.close() }
        let clients = try server.cli("CLIENT", "LIST").split(separator: "\n")
        for name in ["name=test-commands", "name=test-subscriber"] {
            #expect(clients.contains { $0.contains(name) && $0.contains(" db=5 ") })
        }
    }

    @Test("a database that does not exist is said in the status")
    func wrongDatabase() throws {
        let server = try RedisServer()
        var settings = RedisSettings(endpoint: server.endpoint)
        settings.database = 999
        let fixture = try RedisFixture(settings)
        defer { fixture.close() }
        fixture.waitUntilAway("SELECT failed: ERR")
    }

    @Test("over a unix socket")
    func unixSocket() throws {
        let server = try RedisServer(options { $0.hasUnixSocket = true })
        let fixture = try RedisFixture(RedisSettings(url: "unix:\(server.socketPath)"))
        defer { fixture.close() }
        fixture.waitUntilReady()
        fixture.subscribe(to: .channel("chat"))
        try server.cli("PUBLISH", "chat", "hello")
        fixture.run(until: "it has come") { fixture.recorder.texts == ["hello"] }
    }

    @Test(
        "over TLS, with the authority of the test's own; another authority, another name and no TLS are refused"
    )
    func tls() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let authority = try TestAuthority(in: folder)
        let other = try TestAuthority(in: folder, name: "other")
        let certificate = try authority.issue(for: "DNS:localhost")
        let server = try RedisServer(options { $0.certificate = certificate })

        func settings(_ url: String, _ authority: TestAuthority) throws -> RedisSettings {
            var settings = try RedisSettings(url: url)
            settings.tls?.authorityFile = authority.certificateFile
            return settings
        }
        let fixture = try RedisFixture(settings("rediss://localhost:\(server.port)", authority))
        defer { fixture.close() }
        fixture.waitUntilReady()
        fixture.subscribe(to: .channel("chat"))
        let large = String(repeating: "0123456789", count: 100_000)
        for index in 0..<50 { fixture.publish("\(index)\(large)", to: "chat") }
        fixture.run(until: "all have come") { fixture.recorder.messages.count == 50 }
        #expect(fixture.recorder.texts.map { $0.dropLast(large.count) } == (0..<50).map { "\($0)" })

        for (url, authority, reason) in [
            (
                "rediss://localhost:\(server.port)", other,
                "the certificate was refused: unable to get local issuer"
            ),
            (
                "rediss://127.0.0.1:\(server.port)", authority,
                "the certificate was refused: IP address mismatch"
            ),
            ("redis://localhost:\(server.port)", authority, "localhost"),
        ] {
            let refused = try RedisFixture(settings(url, authority))
            defer { refused.close() }
            refused.waitUntilAway(reason)
        }
    }

    @Test("a TLS client at a port without TLS says so")
    func tlsToPlain() throws {
        let server = try RedisServer()
        var settings = try RedisSettings(url: "rediss://localhost:\(server.port)")
        // Redis takes the handshake for half a command, and waits for the rest.
        settings.probeInterval = 1_000
        let fixture = try RedisFixture(settings)
        defer { fixture.close() }
        fixture.waitUntilAway(
            "cannot connect to localhost:\(server.port): TLS handshake: connection timed out")
    }

    @Test(
        "what Redis says while it cannot serve is the status",
        arguments: [
            "LOADING Redis is loading the dataset in memory",
            "MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk",
            "READONLY You can't write against a read only replica.",
            "ERR max number of clients reached",
        ])
    func notServing(error: String) throws {
        let server = try SocketServer { peer in
            // To every step of the login alike.
            let answers = String(repeating: "-\(error)\r\n", count: 100)
            while !peer.read().isEmpty, peer.write(answers) {}
        }
        defer { server.stop() }
        let fixture = try RedisFixture(RedisSettings(endpoint: .tcp(host: "127.0.0.1", port: server.port)))
        defer { fixture.close() }
        fixture.waitUntilAway(error)
    }
}
