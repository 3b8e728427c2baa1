import EventLoop
import Redis
import Testing

@Suite("Redis URLs")
struct RedisURLTests {
    @Test("host, port and database")
    func plain() throws {
        let short = try RedisSettings(url: "redis://redis.example")
        #expect(short.endpoint == .tcp(host: "redis.example", port: 6379))
        #expect(short.tls == nil && short.user == nil && short.password == nil && short.database == 0)
        let full = try RedisSettings(url: "redis://10.0.0.1:7000/12")
        #expect(full.endpoint == .tcp(host: "10.0.0.1", port: 7000))
        #expect(full.database == 12)
        #expect(try RedisSettings(url: "redis://h/").database == 0)
        #expect(try RedisSettings(url: "redis://[::1]:7000").endpoint == .tcp(host: "::1", port: 7000))
        #expect(
            try RedisSettings(url: "redis://[fe80::1%25eth0]").endpoint
                == .tcp(host: "fe80::1%eth0", port: 6379))
    }

    @Test("redis+sentinel:// lists Sentinels and names the master")
    func sentinels() throws {
        let settings = try RedisSettings(url: "redis+sentinel://:secret@a,b:1,[::1]:2/my%20master/3")
        #expect(
            settings.sentinel?.endpoints == [
                .tcp(host: "a", port: 26379), .tcp(host: "b", port: 1), .tcp(host: "::1", port: 2),
            ])
        #expect(settings.sentinel?.master == "my master")
        #expect(settings.password == "secret" && settings.database == 3 && settings.tls == nil)
        for wrong in ["a", "a/", "/m", "a,,b/m", "a:x/m", "a/m/x", "a/m/1/2", ""] {
            #expect(throws: RedisURLError.self, "\(wrong)") {
                try RedisSettings(url: "redis+sentinel://\(wrong)")
            }
        }
    }

    @Test("rediss:// is TLS with the system's authorities")
    func tls() throws {
        let settings = try RedisSettings(url: "rediss://h:1")
        #expect(settings.tls == TLSClientSettings())
        #expect(settings.endpoint == .tcp(host: "h", port: 1))
    }

    @Test("password, and user with password, percent-encoded or not")
    func login() throws {
        let password = try RedisSettings(url: "redis://:secret@h")
        #expect(password.user == nil && password.password == "secret")
        let user = try RedisSettings(url: "redis://alice:s%40cr%2Fe%3At@h/1")
        #expect(user.user == "alice" && user.password == "s@cr/e:t" && user.database == 1)
        let raw = try RedisSettings(url: "redis://alice:p@ss:word@h")
        #expect(raw.user == "alice" && raw.password == "p@ss:word")
        #expect(raw.endpoint == .tcp(host: "h", port: 6379))
        let spaces = try RedisSettings(url: "redis://:%20%C3%A9@h")
        #expect(spaces.password == " é")
    }

    @Test("unix sockets, with and without slashes, login and database")
    func unix() throws {
        for url in ["unix:/run/redis.sock", "unix:///run/redis.sock"] {
            #expect(try RedisSettings(url: url).endpoint == .unix(path: "/run/redis.sock"))
        }
        let full = try RedisSettings(url: "unix://alice:p%40ss@/run/re%20dis.sock?db=3")
        #expect(full.endpoint == .unix(path: "/run/re dis.sock"))
        #expect(full.user == "alice" && full.password == "p@ss" && full.database == 3)
        let at = try RedisSettings(url: "unix:///run/redis@1.sock")
        #expect(at.endpoint == .unix(path: "/run/redis@1.sock") && at.password == nil)
    }

    @Test(
        "what is wrong is said, with what is accepted, and never the password",
        arguments: [
            ("", "begins with none of"), ("http://:secret@h", "begins with none of"),
            ("redis:h", "begins with none of"), ("redis://", "no host"), ("redis://:secret@", "no host"),
            ("redis://:secret@h:0", "port"), ("redis://:secret@h:65536", "port"),
            ("redis://:secret@h:+1", "port"),
            ("redis://:secret@h:", "port"), ("redis://:secret@h/x", "database"),
            ("redis://:secret@h/-0", "database"),
            ("redis://:secret@h/1/2", "database"), ("redis://:secret@h/99999999999999999999", "database"),
            ("redis://secret@h", "no ':' before the password"), ("redis://:secret%@h", "percent-encoding"),
            ("redis://:secret%FF@h", "percent-encoding"), ("redis://:secret%00@h", "percent-encoding"),
            ("redis://:secret@[::1", "no ]"), ("redis://:secret@[::1]x", "may follow the ]"),
            ("redis://:secret@[]", "no host"),
            ("unix:", "path"), ("unix:relative", "path"), ("unix://:secret@relative", "path"),
            ("unix:/s?db=secret", "database"), ("unix:/s?password=secret", "parameter"),
        ])
    func refused(url: String, reason: String) throws {
        let error = #expect(throws: RedisURLError.self) { try RedisSettings(url: url) }
        let text = try #require(error).description
        #expect(text.contains(reason), "\(text)")
        #expect(text.contains("accepted: redis://[[user]:password@]host[:port][/database]"))
        #expect(!text.contains("secret"))
    }
}
