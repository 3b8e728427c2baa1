import Foundation
import Testing

@testable import Server

struct SettingKeyTests {
    private let example: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
            .standardized
        example = root.appending(path: "Deploy/roost.example.yaml").path
    }

    @Test("the example file has every setting, and nothing else, at its default")
    func exampleDefaults() throws {
        let effective = try SettingsLoader(file: example).load()
        #expect(effective.settings == Settings())
        for entry in effective.entries {
            guard case .file = entry.place else {
                Issue.record("\(entry.name) is missing in the example file")
                continue
            }
        }
        #expect(effective.entries.map(\.name) == SettingKey.all.map(\.name))
    }

    @Test("the example file explains every setting in the words of the table")
    func exampleComments() throws {
        let lines = try String(contentsOfFile: example, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map { $0.drop { $0 == " " } }
        for key in SettingKey.all {
            let name = key.name.split(separator: ".").last.map { "\($0):" } ?? ""
            let comments = lines.indices.filter { lines[$0].hasPrefix(name) }.map { index in
                lines[..<index].reversed().prefix { $0.hasPrefix("# ") }.reversed()
                    .map { $0.dropFirst(2) }.joined(separator: " ")
            }
            #expect(comments.contains(key.documentation), "\(key.name)")
        }
    }

    @Test("no two settings share a name, an environment variable or a flag")
    func unique() {
        #expect(Set(SettingKey.all.map(\.name)).count == SettingKey.all.count)
        let variables = SettingKey.all.map(\.environmentName) + EnvironmentSettings.others
        #expect(Set(variables).count == variables.count)
        let flags = SettingKey.all.compactMap(\.flag)
        #expect(Set(flags).count == flags.count)
    }

    @Test("every default can be written and read again")
    func roundTrip() throws {
        for key in SettingKey.all {
            var settings = Settings()
            try key.assign(key.values(Settings()), &settings)
            #expect(settings == Settings())
        }
    }

    @Test("names are words in snake case, at most one level deep")
    func names() {
        for key in SettingKey.all {
            #expect(key.name.wholeMatch(of: /[a-z]+(\.[a-z]+(_[a-z]+)*)?/) != nil, "\(key.name)")
        }
        #expect(SettingKey.all.contains { $0.environmentName == "ROOST_LIMITS_MESSAGE_SIZE" })
        #expect(SettingKey.all.contains { $0.environmentName == "ROOST_REDIS_URL" })
    }
}
