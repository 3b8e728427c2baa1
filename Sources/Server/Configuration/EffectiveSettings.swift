/// The settings that hold, and where each came from.
public struct EffectiveSettings: Sendable {
    public struct Entry: Equatable, Sendable {
        public let name: String
        /// As it is written in the file, passwords hidden; a list of other than one value in brackets.
        public let value: String
        /// The rules of a list of maps, each in one line; for people, they go below the setting's name.
        public let rules: [String]
        public let place: SettingPlace
    }

    public let settings: Settings
    /// One for each setting, in the order of the table.
    public let entries: [Entry]
    /// What is allowed, but risky.
    public let warnings: [SettingProblem]

    /// For people: each setting as in `report`, then what it does, what it may be, and its environment variable.
    public var explanation: String {
        zip(entries, SettingKey.all).map { entry, key in
            let value = entry.value.isEmpty ? "\"\"" : LogText.escaped(entry.value, limit: 4096)
            let text =
                "\(key.documentation) Accepted: \(key.accepted). Environment: \(key.environmentName)."
                + (key.needsRestart ? " A change needs a restart." : "")
            return "\(entry.name) = \(value)  # \(entry.place)\n" + Self.indented(text)
        }.joined(separator: "\n\n")
    }

    private static func indented(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < 80 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append("    " + word)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// For people: one line each, `name = value  # place`, in columns; rules on lines of their own.
    public var report: String {
        let assignments = entries.map { entry in
            guard entry.rules.isEmpty else { return "\(entry.name) =" }
            return "\(entry.name) = "
                + (entry.value.isEmpty ? "\"\"" : LogText.escaped(entry.value, limit: 4096))
        }
        let width = min(assignments.map(\.count).max() ?? 0, 60)
        return zip(assignments, entries).map { assignment, entry in
            assignment + String(repeating: " ", count: max(0, width - assignment.count))
                + "  # \(entry.place)" + entry.rules.map { "\n  - \($0)" }.joined()
        }.joined(separator: "\n")
    }
}
