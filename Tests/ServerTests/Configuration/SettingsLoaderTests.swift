import EventLoop
import Glibc
import Testing

@testable import Server

struct SettingsLoaderTests {
    private func problems(
        flags: [String: [String]] = [:], environment: [String: String] = [:], file: String? = nil
    ) -> [String] {
        do throws(ConfigurationError) {
            _ = try SettingsLoader(flags: flags, environment: environment, file: file).load()
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test("without anything the defaults hold, and say so")
    func defaults() throws {
        let effective = try SettingsLoader(environment: [
            "PATH": "/bin", "ROOST_TOKEN": "t", "ROOST_SERVER": "s",
        ]).load()
        #expect(effective.settings == Settings())
        #expect(effective.entries.allSatisfy { $0.place == .standard })
        #expect(effective.settings.workerCount >= 1)
    }

    @Test("flags win over the environment, and that over the file")
    func precedence() throws {
        let file = try TemporaryFile("workers: 1\nlisten: [127.0.0.1:1]\nlog: {level: error, format: json}\n")
        let effective = try SettingsLoader(
            flags: ["workers": ["3"]],
            environment: [
                "ROOST_WORKERS": "2", "ROOST_LISTEN": "[::1]:2, unix:/s", "ROOST_CONFIG": "/no/such/file",
            ],
            file: file.path
        ).load()
        #expect(effective.settings.workers == 3)
        #expect(
            effective.settings.listen == [
                ListenPoint(.tcp(host: "::1", port: 2)), ListenPoint(.unix(path: "/s")),
            ])
        #expect(effective.settings.log.format == .json)
        let places = Dictionary(uniqueKeysWithValues: effective.entries.map { ($0.name, $0.place) })
        #expect(places["workers"] == .flag(name: "--workers"))
        #expect(places["listen"] == .environment(name: "ROOST_LISTEN"))
        #expect(places["log.format"] == .file(path: file.path, line: 3, column: 29))
        #expect(places["public"] == .standard)
    }

    @Test("ROOST_CONFIG names the file where no flag does")
    func environmentFile() throws {
        let file = try TemporaryFile("workers: 7\n")
        let settings = try SettingsLoader(environment: ["ROOST_CONFIG": file.path]).load().settings
        #expect(settings.workers == 7)
        #expect(try SettingsLoader(environment: ["ROOST_CONFIG": ""]).load().settings.workers == nil)
    }

    @Test("an empty value takes back what a file sets")
    func emptyOverride() throws {
        let file = try TemporaryFile("redis: {url: 'redis://h'}\npublic: /\n")
        let settings = try SettingsLoader(
            environment: ["ROOST_REDIS_URL": "", "ROOST_PUBLIC": ""], file: file.path
        ).load().settings
        #expect(settings.redis.url == nil)
        #expect(settings.publicFolder == .none)
    }

    @Test("every mistake is told, with its place, its name and what is accepted, even where it is overridden")
    func allProblems() throws {
        let file = try TemporaryFile(
            """
            limits:
              mesage_size: 3
              request_head: 10
            listen: [127.0.0.1, "[::1]:80"]
            workers: many
            """)
        let found = problems(
            flags: ["log.level": ["loud"]], environment: ["ROOST_WORKERS": "4", "ROOST_WORKER": "4"],
            file: file.path)
        let path = file.path
        #expect(
            found == [
                "--log-level: log.level: 'loud' is none of the choices; accepted: one of trace, debug, info, notice, "
                    + "warning, error, critical",
                "environment variable ROOST_WORKER: unknown setting; did you mean ROOST_WORKERS?",
                "\(path):2:3: limits.mesage_size: unknown setting; did you mean limits.message_size?",
                "\(path):3:17: limits.request_head: '10' is less than 1KiB; accepted: a number of bytes, plain or with "
                    + "KiB, MiB or GiB, from 1KiB to 1MiB",
                "\(path):4:10: listen: '127.0.0.1' has no port; accepted: a list of HOST:PORT, [IPV6]:PORT or unix:PATH; before it, tls: or proxy: or both",
                "\(path):5:10: workers: 'many' is not a whole number; accepted: auto, or a whole number from 1 to 256",
            ])
    }

    @Test("a bad Redis URL is not repeated, for it may hold a password")
    func secret() throws {
        let file = try TemporaryFile("redis: {url: 'redsi://:hunter2@h'}\n")
        for found in [
            problems(environment: ["ROOST_REDIS_URL": "hunter2"]),
            problems(flags: ["redis.url": ["redis://\u{1}hunter2"]]),
            problems(file: file.path),
        ] {
            #expect(found.count == 1)
            #expect(found.allSatisfy { $0.contains("redis.url: the value ") && !$0.contains("hunter2") })
        }
        let effective = try SettingsLoader(flags: ["redis.url": ["redis://:hunter2@h:1/2"]]).load()
        #expect(effective.settings.redis.url == "redis://:hunter2@h:1/2")
        #expect(effective.report.contains("redis.url = redis://***@h:1/2"))
        #expect(!effective.report.contains("hunter2"))
    }

    @Test("what Kubernetes says about services called roost is no setting")
    func serviceLinks() throws {
        let links = [
            "ROOST_SERVICE_HOST": "10.0.0.1", "ROOST_SERVICE_PORT": "80", "ROOST_SERVICE_PORT_HTTP": "80",
            "ROOST_PORT": "tcp://10.0.0.1:80", "ROOST_PORT_80_TCP": "tcp://10.0.0.1:80",
            "ROOST_PORT_80_TCP_ADDR": "10.0.0.1",
            "ROOST_REDIS_PORT_6379_TCP_PROTO": "tcp",
        ]
        #expect(try SettingsLoader(environment: links).load().settings == Settings())
        #expect(problems(environment: ["ROOST_PORT": "80"]).count == 1)
        #expect(problems(environment: ["ROOST_TCP": "80", "ROOST_": "", "ROOST_X\n": ""]).count == 3)
        #expect(problems(environment: ["ROOST_X\n": ""]).allSatisfy { !$0.contains("\n") })
    }

    @Test("settings that contradict each other are refused where they stand")
    func rules() throws {
        let file = try TemporaryFile(
            """
            limits: {message_size: 2MiB}
            listen: [localhost:80, localhost:80, 127.0.0.1:0, 127.0.0.1:0]
            public: /no/such/folder
            redis: {ca_file: /no/such/file}
            """)
        #expect(
            problems(file: file.path) == [
                "\(file.path):2:10: listen: has localhost:80 twice",
                "\(file.path):3:9: public: there is no folder '/no/such/folder'",
                "\(file.path):4:18: redis.ca_file: cannot read the file '/no/such/file'",
                "default: limits.unsent_bytes: is 1MiB, less than limits.message_size, 2MiB",
            ])
    }

    @Test("a file that cannot be read is one clear line, whatever else is wrong")
    func unreadable() throws {
        #expect(
            problems(environment: ["ROOST_X": ""], file: "/no/such.yaml").last
                == "/no/such.yaml: cannot read the configuration: there is no such file")
        #expect(problems(file: "/tmp") == ["/tmp: cannot read the configuration: it is a folder"])
        #expect(problems(file: "/dev/zero") == ["/dev/zero: the file is too large; accepted: up to 1MiB"])
        let bytes = try TemporaryFile([0xFF, 0xFE, 0x00])
        #expect(problems(file: bytes.path) == ["\(bytes.path): the file is not UTF-8 text"])
    }

    @Test("a file of up to 1 MiB is read, one byte more is not")
    func size() throws {
        let full = try TemporaryFile("workers: 2\n#" + String(repeating: "x", count: (1 << 20) - 12))
        #expect(try SettingsLoader(file: full.path).load().settings.workers == 2)
        let over = try TemporaryFile("workers: 2\n#" + String(repeating: "x", count: (1 << 20) - 11))
        #expect(problems(file: over.path).count == 1)
    }

    @Test("the report aligns its columns and forges no line")
    func report() throws {
        let effective = try SettingsLoader(flags: ["listen": ["unix:/tmp/a\u{2028}b"]]).load()
        let lines = effective.report.split(separator: "\n")
        #expect(lines.count == SettingKey.all.count)
        #expect(lines[0].hasPrefix(#"listen = unix:/tmp/a\u2028b "#))
        #expect(Set(lines.map { line in line.prefix { $0 != "#" }.count }).count == 1)
    }

    @Test("of very many mistakes the first are shown")
    func many() throws {
        let file = try TemporaryFile((0..<300).map { "zzzzzzzzzz\($0): 1\n" }.joined())
        let error = #expect(throws: ConfigurationError.self) { try SettingsLoader(file: file.path).load() }
        #expect(error?.problems.count == 100)
        let lines = error?.description.split(separator: "\n") ?? []
        #expect(lines.count == 21)
        #expect(lines.last == "and more")
    }

    @Test("a list has an end")
    func longList() throws {
        let list = (1...65).map { "127.0.0.1:\($0)" }.joined(separator: ",")
        #expect(
            problems(environment: ["ROOST_LISTEN": list]).first?.contains("has 65 values, more than 64")
                == true)
    }
}
