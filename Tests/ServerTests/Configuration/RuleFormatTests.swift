import Broker
import Foundation
import Testing

@testable import Server

struct RuleFormatTests {
    private func problems(_ yaml: String) -> [String] {
        ConfigurationDocument(Array(yaml.utf8), path: "f").problems.map(\.description)
    }

    @Test("rules are read in order, with what they leave out")
    func rules() throws {
        let file = try TemporaryFile(
            """
            channels:
              - match: ["room:*", chat]
                history: {size: 1000, ttl: 7d}
                presence: true
              - {match: 'news.*', history: {}}
              - match: "*"
            queues:
              - {match: [mail], lease: 5m, attempts: 1}
              - match: "*"
            inbox: {size: 5, ttl: 1h}
            """)
        let settings = try SettingsLoader(file: file.path).load().settings
        #expect(
            settings.channels == [
                .init(
                    match: [Array("room:*".utf8), Array("chat".utf8)],
                    history: HistoryRule(size: 1000, timeToLive: 604_800_000), presence: true),
                .init(match: [Array("news.*".utf8)], history: HistoryRule(size: 100, timeToLive: 86_400_000)),
                .init(match: [Array("*".utf8)]),
            ])
        #expect(settings.queues.map(\.match) == [[Array("mail".utf8)], [Array("*".utf8)]])
        #expect(settings.queues.map(\.lease) == [.seconds(300), .seconds(60)])
        #expect(settings.queues.map(\.attempts) == [1, 5])
        #expect(settings.inbox.size == 5)
        #expect(settings.inbox.timeToLive == .seconds(3600))
    }

    @Test(
        "no rules are no rules",
        arguments: ["channels: []", "channels:", "channels: ~", "queues: []\nchannels:"])
    func none(yaml: String) throws {
        let file = try TemporaryFile(yaml)
        let effective = try SettingsLoader(file: file.path).load()
        #expect(effective.settings == Settings())
        guard case .file = effective.entries.first(where: { $0.name == "channels" })?.place else {
            Issue.record("the place is lost")
            return
        }
    }

    @Test(
        "a mistake in a rule is told with its place, its path and what is accepted",
        arguments: [
            (
                "channels: 3",
                "f:1:11: channels: found a single value; accepted: a list of maps with match, history, presence, slow, anonymous and users, "
                    + "at most 256"
            ),
            (
                "queues: {match: a}",
                "f:1:9: queues: found a map; accepted: a list of maps with match, lease and attempts, at most 256"
            ),
            (
                "channels:\n  - chat",
                "f:2:5: channels[0]: found a single value; accepted: a map with match, history, presence, slow, anonymous and users"
            ),
            (
                "channels:\n  - match: a\n  -",
                "f:3:4: channels[1]: found nothing; accepted: a map with match, history, presence, slow, anonymous and users"
            ),
            (
                "channels:\n  - match: a\n  - presence: true",
                "f:3:5: channels[1]: 'match' is missing; accepted: a map with match, history, presence, slow, anonymous and users"
            ),
            (
                "channels: [{match: a, presense: true}]",
                "f:1:23: channels[0].presense: unknown member; did you mean presence?"
            ),
            (
                "channels: [{match: a, colour: red}]",
                "f:1:23: channels[0].colour: unknown member; accepted: match, history, presence, slow, anonymous and users"
            ),
            (
                "channels: [{match: a, [b]: c}]",
                "f:1:23: channels[0]: a list stands where a name is due; accepted: match, history, presence, slow, anonymous and users"
            ),
            (
                "channels: [{match: a, slow: down}]",
                "f:1:29: channels[0].slow: 'down' is none of the choices; accepted: one of close, latest, spill"
            ),
            (
                "channels: [{match: a, slow: spill}]",
                "f:1:11: channels: slow: spill needs a history, and 'a' has none"
            ),
            (
                "channels: [{match: a, users: [subscribe, admin]}]",
                "f:1:42: channels[0].users: 'admin' is none of the choices; "
                    + "accepted: one of subscribe, publish, history, presence, or a list of such"
            ),
            (
                "channels: [{match: a, presence: yes}]",
                "f:1:33: channels[0].presence: 'yes' is neither; accepted: true or false"
            ),
            (
                "channels: [{match: a, history: 100}]",
                "f:1:32: channels[0].history: found a single value; accepted: a map with size and ttl"
            ),
            (
                "channels: [{match: a, history: }]",
                "f:1:32: channels[0].history: found nothing; accepted: a map with size and ttl"
            ),
            (
                "channels: [{match: a}, {match: b}, {match: c, history: {size: 0}}]",
                "f:1:63: channels[2].history.size: '0' is less than 1; accepted: a whole number from 1 to 100000"
            ),
            (
                "channels: [{match: a, history: {ttl: 366d}}]",
                "f:1:38: channels[0].history.ttl: '366d' is more than 365d; accepted: a number with ms, s, m, h or d, "
                    + "from 1s to 365d"
            ),
            (
                "channels: [{match: a, history: {tll: 1h}}]",
                "f:1:33: channels[0].history.tll: unknown member; did you mean ttl?"
            ),
            (
                "queues: [{match: a, lease: [1]}]",
                "f:1:28: queues[0].lease: found a list; accepted: a number with ms, s, m, h or d, from 1s to 24h"
            ),
            (
                "queues: [{match: a, attempts: 1001}]",
                "f:1:31: queues[0].attempts: '1001' is more than 1000; accepted: a whole number from 1 to 1000"
            ),
            (
                "queues: [{match: ''}]",
                "f:1:18: queues[0].match: '' is empty; accepted: a glob pattern of 1 to 255 bytes, such as \"room:*\", "
                    + "or a list of such"
            ),
            (
                "queues: [{match: ['a', \"b\\u0001\"]}]",
                "f:1:24: queues[0].match: 'b\\u0001' has a control character; accepted: a glob pattern of 1 to 255 "
                    + "bytes, such as \"room:*\", or a list of such"
            ),
            (
                "queues: [{match: ['roost:*']}]",
                "f:1:19: queues[0].match: 'roost:*' begins with 'roost:', which is reserved; accepted: a glob pattern "
                    + "of 1 to 255 bytes, such as \"room:*\", or a list of such"
            ),
            (
                "queues: [{match: []}]",
                "f:1:18: queues[0].match: the list is empty; accepted: a glob pattern of 1 to 255 bytes, such as "
                    + "\"room:*\", or a list of such, at most 64"
            ),
            (
                "queues: [{match: {a: b}}]",
                "f:1:18: queues[0].match: found a map; accepted: a glob pattern of 1 to 255 bytes, such as \"room:*\", "
                    + "or a list of such"
            ),
            ("channels: [{match: a, match: b}]", "f:1:13: given more than once: 'match'"),
            ("channel: []", "f:1:1: channel: unknown setting; did you mean channels?"),
            (
                "inbox: {size: 0}",
                "f:1:15: inbox.size: '0' is less than 1; accepted: a whole number from 1 to 100000"
            ),
        ])
    func refusals(yaml: String, problem: String) throws {
        let file = try TemporaryFile(yaml)
        let error = #expect(throws: ConfigurationError.self) { try SettingsLoader(file: file.path).load() }
        #expect(error?.problems.map { $0.description.replacing(file.path, with: "f") } == [problem])
    }

    @Test("there may be 256 rules and 64 patterns in each, no more")
    func tooMany() {
        let rule = "  - {match: a}\n"
        #expect(problems("channels:\n" + String(repeating: rule, count: 256)).isEmpty)
        #expect(
            problems("channels:\n" + String(repeating: rule, count: 257)) == [
                "f:2:3: channels: has 257 rules; accepted: a list of maps with match, history, presence, slow, anonymous and users, at most 256"
            ])
        #expect(problems("queues: [{match: [\(String(repeating: "a,", count: 64))]}]").isEmpty)
        #expect(
            problems("queues: [{match: [\(String(repeating: "a,", count: 65))]}]").first?.contains(
                "the list has 65 values") == true)
        let bad = "  - {match: '', lease: x, attempts: y, z: 1}\n"
        #expect(problems("queues:\n" + String(repeating: bad, count: 256)).count == 100)
    }

    @Test("the environment holds the same list, and wins over the file")
    func environment() throws {
        let file = try TemporaryFile("channels: [{match: a}]\nqueues: [{match: a}]\n")
        let effective = try SettingsLoader(
            environment: [
                "ROOST_CHANNELS": "[{match: \"*\", history: {size: 7}}]", "ROOST_QUEUES": "",
                "ROOST_INBOX_TTL": "2d",
            ],
            file: file.path
        ).load()
        #expect(effective.settings.channels.map(\.history) == [HistoryRule(size: 7, timeToLive: 86_400_000)])
        #expect(effective.settings.queues.isEmpty)
        #expect(effective.settings.inbox.timeToLive == .seconds(172_800))
        let places = Dictionary(uniqueKeysWithValues: effective.entries.map { ($0.name, $0.place) })
        #expect(places["channels"] == .environment(name: "ROOST_CHANNELS"))
        #expect(places["queues"] == .environment(name: "ROOST_QUEUES"))
        let json = #"[{"match":["a","b"],"history":{"size":3,"ttl":"1h"},"presence":true}]"#
        #expect(try SettingsLoader(environment: ["ROOST_CHANNELS": json]).load().settings.channels.count == 1)
    }

    @Test(
        "a mistake in the environment is told with the variable and the path",
        arguments: [
            (
                "a,b",
                "channels: found a single value; accepted: a list of maps with match, history, presence, slow, anonymous and users, at most 256"
            ),
            (
                "[{match: a}, {match: b, history: {size: x}}]",
                "channels[1].history.size: 'x' is not a whole number; accepted: a whole number from 1 to 100000"
            ),
            ("[{match: a", "not YAML: did not find expected ',' or '}' (line 2, column 1)"),
            (
                "[{match: *a}]",
                "a YAML alias (*name) is not accepted; a text that begins with * stands in quotes (line 1, column 10)"
            ),
        ])
    func environmentRefusals(value: String, problem: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try SettingsLoader(environment: ["ROOST_CHANNELS": value]).load()
        }
        #expect(
            error?.problems.map(\.description) == ["environment variable ROOST_CHANNELS: \(problem)"])
    }

    @Test(
        "a pattern is read again as it was, whatever is in it",
        arguments: [
            "*", "room:*", "a b", "a\"b", "a\\*b", "#", "a: b", "x,*y", "a ?", "[*a]", "'", "é\u{202E}x",
            "x\u{FEFF}",
            "\u{E0001}", "\u{FFFE}\u{FFFF}", "😀", "{a}", "- ? x", "\u{2028}*a",
        ])
    func patterns(pattern: String) throws {
        let rules = [Settings.ChannelRule(match: [Array(pattern.utf8)], history: nil, presence: true)]
        let format = ValueFormat.rules(RuleFormat.channels, "channels")
        let text = format.print(rules)
        #expect(try format.parse(text) == rules)
        #expect(LogText.escaped(text, limit: 5000).replacing("\\\\", with: "\\") == text, "safe to show")
    }

    @Test("the report has a line for each rule, which is YAML")
    func report() throws {
        let yaml = """
            channels:
              - {match: ["room:*", "chat"], history: {size: 1000, ttl: 24h}, presence: true, slow: spill, anonymous: subscribe, users: [publish, history]}
              - {match: "\\\\*", presence: false, slow: close}
            queues:
              - {match: "*", lease: 1m, attempts: 5}

            """
        let file = try TemporaryFile(yaml)
        let lines = try SettingsLoader(file: file.path).load().report.split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("channels =") })
        #expect(lines[start].hasSuffix("# \(file.path):2:3"))
        let shown = lines[start..<start + 5].map { line in
            line.hasPrefix(" ") ? String(line) : line.prefix { $0 != " " } + ":"
        }
        #expect(shown.joined(separator: "\n") + "\n" == yaml)
    }

    @Test("the rules shown in the example file are good ones")
    func example() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
            .standardized
        let text = try String(contentsOf: root.appending(path: "Deploy/roost.example.yaml"), encoding: .utf8)
        for name in ["channels", "queues"] {
            let after = try #require(text.split(separator: "\n\(name): []\n").last)
            let lines = after.split(separator: "\n", omittingEmptySubsequences: false).prefix {
                $0.hasPrefix("# ")
            }
            let file = try TemporaryFile(lines.map { $0.dropFirst(2) }.joined(separator: "\n"))
            let settings = try SettingsLoader(file: file.path).load().settings
            #expect(settings.channels.count + settings.queues.count >= 1, "\(name)")
        }
    }
}
