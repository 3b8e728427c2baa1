import EventLoop
import Logging
import Testing

@testable import Server

struct ValueFormatTests {
    @Test(
        "a size is bytes, or has a binary unit",
        arguments: [
            ("1024", 1024, "1KiB"), ("64KiB", 65536, "64KiB"), ("1MiB", 1 << 20, "1MiB"),
            ("2047", 2047, "2047"),
        ])
    func sizes(text: String, bytes: Int, printed: String) throws {
        let format = ValueFormat.size(1024...1 << 30)
        #expect(try format.parse(text) == bytes)
        #expect(format.print(bytes) == printed)
    }

    @Test(
        "what is not a size is refused with the reason",
        arguments: [
            ("", "is not a size"), ("KiB", "is not a size"), ("-1", "is not a size"),
            ("64 KiB", "has the unit ' KiB'"),
            ("64kb", "has the unit 'kb'"), ("1.5MiB", "has the unit '.5MiB'"), ("1023", "is less than 1KiB"),
            ("1025MiB", "is more than 1GiB"), ("99999999999999999999", "is too large"),
            ("9223372036854775807KiB", "is too large"), ("٣", "is not a size"),
            ("1\n", #"has the unit '\n'"#),
        ])
    func badSizes(text: String, reason: String) {
        #expect(throws: InvalidValue(reason)) { try ValueFormat.size(1024...1 << 30).parse(text) }
    }

    @Test(
        "a time has a unit",
        arguments: [
            ("500ms", 500, "500ms"), ("10s", 10_000, "10s"), ("90s", 90_000, "90s"), ("60s", 60_000, "1m"),
            ("24h", 86_400_000, "24h"), ("1d", 86_400_000, "24h"),
            ("30d", 2_592_000_000, "30d"), ("36h", 129_600_000, "36h"), ("1500ms", 1500, "1500ms"),
        ])
    func times(text: String, milliseconds: Int, printed: String) throws {
        let format = ValueFormat.duration(.zero ... .seconds(30 * 86400))
        #expect(try format.parse(text) == .milliseconds(milliseconds))
        #expect(format.print(.milliseconds(milliseconds)) == printed)
    }

    @Test(
        "what is not a time is refused with the reason",
        arguments: [
            ("", "is not a time"), ("10", "has no unit"), ("s", "is not a time"),
            ("1h30m", "has the unit 'h30m'"),
            ("10S", "has the unit 'S'"), ("99ms", "is less than 100ms"), ("3601s", "is more than 1h"),
            ("99999999999999999999s", "is too long"), ("9223372036854775807h", "is too long"),
        ])
    func badTimes(text: String, reason: String) {
        let format = ValueFormat.duration(.milliseconds(100) ... .seconds(3600))
        #expect(throws: InvalidValue(reason)) { try format.parse(text) }
    }

    @Test("durations are milliseconds for timers")
    func milliseconds() {
        #expect(Duration.seconds(75).milliseconds == 75_000)
        #expect(Duration.microseconds(1999).milliseconds == 1)
        #expect(Duration.seconds(-1).milliseconds == 0)
    }

    @Test("a number may be left to the server")
    func automatic() throws {
        let format = ValueFormat<Int?>.automatic(.count(1...4))
        #expect(try format.parse("auto") == nil)
        #expect(try format.parse("4") == 4)
        #expect(format.print(nil) == "auto")
        for text in ["", "+1", "0x1", " 1", "1.0", "four"] {
            #expect(throws: InvalidValue("is not a whole number")) { try format.parse(text) }
        }
        #expect(throws: InvalidValue("is more than 4")) { try format.parse("5") }
    }

    @Test("a choice is one of its words, and a slip is met with the nearest")
    func choice() throws {
        #expect(try ValueFormat<Logger.Level>.choice.parse("warning") == .warning)
        #expect(throws: InvalidValue("is none of the choices; did you mean warning?")) {
            try ValueFormat<Logger.Level>.choice.parse("warnign")
        }
        #expect(throws: InvalidValue("is none of the choices")) {
            try ValueFormat<LogFormat>.choice.parse("")
        }
        #expect(throws: InvalidValue.self) { try ValueFormat<LogFormat>.choice.parse("JSON") }
    }

    @Test("a folder is looked for, left out, or named")
    func folder() throws {
        let folders: [String: PublicFolderSetting] = [
            "auto": .automatic, "": .none, "./auto": .folder("./auto"),
        ]
        for (text, folder) in folders {
            #expect(try ValueFormat.publicFolder.parse(text) == folder)
            #expect(ValueFormat.publicFolder.print(folder) == text)
        }
        #expect(throws: InvalidValue("has a control character")) {
            try ValueFormat.publicFolder.parse("a\0b")
        }
        #expect(PublicFolderSetting.none.path() == nil)
        #expect(PublicFolderSetting.folder("/srv").path() == "/srv")
    }

    @Test("a Redis prefix cannot act as a pattern or a hash tag")
    func prefix() throws {
        #expect(try ValueFormat.redisPrefix.parse("eu-1.chat/x:_") == "eu-1.chat/x:_")
        for text in ["a*", "a?", "[a]", "{a}", "a b", "a\\", "é", String(repeating: "a", count: 65)] {
            #expect(throws: InvalidValue.self) { try ValueFormat.redisPrefix.parse(text) }
        }
    }

    @Test(
        "a password in a URL is never shown",
        arguments: [
            ("redis://localhost:6379/0", "redis://localhost:6379/0"),
            ("unix:/run/redis.sock", "unix:/run/redis.sock"),
            ("redis://:hunter2@localhost", "redis://***@localhost"),
            ("rediss://alice:hunter2@h:1/2", "rediss://***@h:1/2"),
            ("redis://:hun@ter/2@h", "redis://***@h"), ("redis://h/0?password=hunter2", "redis://h/0?***"),
            ("unix:/run/redis.sock?password=hunter2", "unix:/run/redis.sock?***"),
            ("redis://:hun?ter2@h?x=hunter2", "redis://***@h?***"),
            ("unix:/run/redis.sock?db=1", "unix:/run/redis.sock?db=1"),
            ("unix:/run/redis.sock?db=1&x", "unix:/run/redis.sock?***"),
        ])
    func passwords(url: String, shown: String) throws {
        #expect(ValueFormat.redisURL.print(url) == shown)
    }

    @Test("a Redis URL is checked when it is read")
    func redisURL() throws {
        for url in ["redis://localhost", "rediss://alice:secret@[::1]:1/2", "unix:/run/redis.sock?db=1"] {
            #expect(try ValueFormat.redisURL.parse(url) == url)
        }
        #expect(try ValueFormat.redisURL.parse("") == nil)
        for url in ["localhost", "http://localhost", "redis://", "redis://h:0", "redis://h/x", "redis://h\n"]
        {
            #expect(throws: InvalidValue.self) { try ValueFormat.redisURL.parse(url) }
        }
    }
}
