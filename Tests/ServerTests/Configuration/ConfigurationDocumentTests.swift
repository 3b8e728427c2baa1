import Foundation
import Testing

@testable import Server

struct ConfigurationDocumentTests {
    private func problems(_ yaml: String) -> [String] {
        ConfigurationDocument(Array(yaml.utf8), path: "f").problems.map(\.description)
    }

    @Test(
        "an empty file, or an empty section, sets nothing",
        arguments: ["", "\n", "# x\n", "---\n", "{}", "limits:\nredis: ~\n", "\u{FEFF}"])
    func empty(yaml: String) {
        let document = ConfigurationDocument(Array(yaml.utf8), path: "f")
        #expect(document.problems.isEmpty)
        #expect(document.texts.isEmpty)
    }

    @Test("values are text, whatever YAML would make of them, and know their places")
    func texts() {
        let yaml = "listen: \"[::1]:1\" # alone\nworkers: 0x10\nredis:\n  prefix: yes\n  'url': null\n"
        let texts = ConfigurationDocument(Array(yaml.utf8), path: "f").texts
        #expect(texts["listen"] == [.init(text: "[::1]:1", place: .file(path: "f", line: 1, column: 9))])
        #expect(texts["workers"]?.first?.text == "0x10")
        #expect(texts["redis.prefix"] == [.init(text: "yes", place: .file(path: "f", line: 4, column: 11))])
        #expect(texts["redis.url"]?.first?.text == "")
    }

    @Test(
        "what is not such a file is refused at its place",
        arguments: [
            ("- a\n", "f:1:1: the file: found a list; accepted: a map, 'name: value' on each line"),
            ("hello", "f:1:1: the file: found a single value; accepted: a map, 'name: value' on each line"),
            ("limits: 3", "f:1:9: limits: found a single value; accepted: a map, 'name: value' on each line"),
            (
                "workers: [1]",
                "f:1:10: workers: found a list; accepted: auto, or a whole number from 1 to 256"
            ),
            (
                "listen: []",
                "f:1:9: listen: the list is empty; accepted: a list of HOST:PORT, [IPV6]:PORT or unix:PATH; before it, tls: or proxy: or both"
            ),
            ("workers: 1\nworkers: 2", "f:1:1: given more than once: 'workers'"),
            (
                "limits.message_size: 1",
                "f:1:1: limits.message_size: unknown setting; sections nest by indentation, not by dots"
            ),
            ("message_size: 1", "f:1:1: message_size: unknown setting; did you mean limits.message_size?"),
            ("websockets: {}", "f:1:1: websockets: unknown setting; did you mean websocket?"),
            ("flux_capacitor: 1", "f:1:1: flux_capacitor: unknown setting; 'roost check' shows all settings"),
            ("<<: {workers: 1}", "f:1:1: <<: unknown setting; 'roost check' shows all settings"),
            ("[a]: 1", "f:1:1: a list stands where the name of a setting is due"),
            ("{{ x }}: 1", "f:1:1: a map stands where the name of a setting is due"),
            ("\"a\\nb\": 1", #"f:1:1: a\nb: unknown setting; 'roost check' shows all settings"#),
            ("workers: 1\n\tlimits: 2", "f:2:1: not YAML: found a tab character that violates indentation"),
            ("a: b: c", "f:1:5: not YAML: mapping values are not allowed in this context"),
            ("a: 'b", "f:1:6: not YAML: found unexpected end of stream"),
            (
                "a: 1\n---\nb: 2",
                "f:2:1: not YAML: expected a single document in the stream but found another document"
            ),
            ("a: 1\nb: é\u{1}", "f:2:5: not YAML: control characters are not allowed"),
            (
                "a: *x",
                "f:1:4: a YAML alias (*name) is not accepted; a text that begins with * stands in quotes"
            ),
            ("? a : b", "f:1:1: a YAML complex key (?) is not accepted; a setting is 'name: value'"),
        ])
    func refusals(yaml: String, problem: String) {
        #expect(problems(yaml) == [problem])
    }

    @Test(
        "an alias or a complex key is found wherever it can stand",
        arguments: [
            "*a", "a:\n- *a", "[*a]", "{*a : b}", "[x,*a]", "{\"x\":*a}", "{'x':*a}", "{[x]:*a}",
            "{x: y,*a : z}",
            "# 'comment\n*a", "x: \"# \n# \" : *a", "\u{FEFF}*a", "x\u{85}*a", "x\u{2028}*a", "a\r*b",
            "[&x?*a: b]",
            "? x", "{? x}", "{?[x]}", "[? x]", "-\n? x", "?\nx", "{x: 1,?[y]}", "#'\n? x", "{\"x\":?[y]}",
        ])
    func traps(yaml: String) {
        #expect(YAMLTrap.find(in: Array(yaml.utf8).span) != nil)
    }

    @Test(
        "what only resembles one is let through",
        arguments: [
            "# a *bold* ? remark", "a: b # *bold* ?", "origins: ['*', \"*.example.org\"]", "match: room:*x",
            "a: b*c",
            "url: redis://h/0?x=1", "a: 2 * 3", "why?: because", "a: '5 %?'", "",
        ])
    func harmless(yaml: String) {
        #expect(YAMLTrap.find(in: Array(yaml.utf8).span) == nil)
    }

    @Test("bombs are refused without being built")
    func bombs() {
        var laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for (name, next) in zip("abcdefgh", "bcdefghi") {
            laughs +=
                "\(next): &\(next) [" + Array(repeating: "*\(name)", count: 9).joined(separator: ",") + "]\n"
        }
        #expect(problems(laughs).count == 1)
        #expect(problems(laughs + "? *i\n: x\n").count == 1)
        #expect(problems(String(repeating: "[", count: 100_000)).count == 1)
        #expect(problems(String(repeating: "{a: ", count: 100_000)).count == 1)
        #expect(problems(String(repeating: "- ", count: 100_000)).count == 1)
        #expect(problems("a: " + String(repeating: "'", count: 100_000)).count == 1)
    }

    @Test("no file, however mangled, does more than be refused")
    func mangled() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
            .standardized
        let example = [UInt8](try Data(contentsOf: root.appending(path: "Deploy/roost.example.yaml")))
        let pieces = [
            "\n", "  ", "\t", ": ", "- ", "[", "]", "{", "}", "'", "\"", "#", "&a ", "*a", "? ", "!!int ",
            "|\n", ">", "---\n",
            "...\n", "%YAML 1.1\n", "\u{0}", "\u{85}", "\u{2028}", "\u{FEFF}", "\\x", "\\uD800", "<<", "~",
            "\r", "\u{FF}",
        ]
        var random = SplitMix(state: 20_261_121)
        for _ in 0..<1500 {
            var bytes = Array(
                example.dropFirst(Int.random(in: 0..<example.count, using: &random)).prefix(400))
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    bytes.insert(
                        contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8, at: index)
                case 1: bytes.removeSubrange(index..<min(bytes.count, index + 5))
                case 2: bytes.insert(contentsOf: bytes.prefix(index), at: index)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                }
            }
            let document = ConfigurationDocument(bytes, path: "f")
            for problem in document.problems {
                #expect(!problem.description.isEmpty && !problem.description.utf8.contains { $0 < 0x20 })
            }
        }
    }
}

/// SplitMix64: the same numbers on every run (https://prng.di.unimi.it/splitmix64.c).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
