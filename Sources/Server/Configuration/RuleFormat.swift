/// How a map of a list of rules is read and printed.
struct RuleFormat<Rule: Sendable>: Sendable {
    /// What holds where the map says nothing.
    let standard: Rule
    let members: [RuleMember<Rule>]

    /// How many rules a list may have.
    static var maximumCount: Int { 256 }

    /// Follows "accepted:" in an error message.
    var accepted: String { "a map with \(names)" }
    var acceptedList: String { "a list of maps with \(names), at most \(Self.maximumCount)" }

    // MARK: - Reading

    /// A list of rules; nothing is a list without any.
    /// - Returns: `nil` if something was wrong, which is in `problems` then.
    func readList(_ node: ConfigurationNode, at path: String, _ problems: inout [SettingProblem]) -> [Rule]? {
        if node.isNothing { return [] }
        guard case .list(let nodes) = node.content else {
            problems.append(
                SettingProblem(node.place, "\(path): found \(node.kind); accepted: \(acceptedList)"))
            return nil
        }
        guard nodes.count <= Self.maximumCount else {
            problems.append(
                SettingProblem(node.place, "\(path): has \(nodes.count) rules; accepted: \(acceptedList)"))
            return nil
        }
        let countBefore = problems.count
        var rules: [Rule] = []
        for (index, node) in nodes.enumerated() where problems.count < ConfigurationError.maximumCount {
            if let rule = read(node, at: "\(path)[\(index)]", &problems) { rules.append(rule) }
        }
        return problems.count == countBefore ? rules : nil
    }

    /// One map.
    func read(_ node: ConfigurationNode, at path: String, _ problems: inout [SettingProblem]) -> Rule? {
        guard case .map(let entries) = node.content else {
            problems.append(SettingProblem(node.place, "\(path): found \(node.kind); accepted: \(accepted)"))
            return nil
        }
        var rule = standard
        var missing = members.filter(\.isRequired).map(\.name)
        for (key, value) in entries where problems.count < ConfigurationError.maximumCount {
            guard case .text(let name) = key.content else {
                problems.append(
                    SettingProblem(
                        key.place, "\(path): \(key.kind) stands where a name is due; accepted: \(names)"))
                continue
            }
            guard let member = members.first(where: { $0.name == name }) else {
                problems.append(SettingProblem(key.place, unknown(name, at: path)))
                continue
            }
            missing.removeAll { $0 == name }
            member.read(value, "\(path).\(name)", &rule, &problems)
        }
        for name in missing {
            problems.append(
                SettingProblem(node.place, "\(path): '\(name)' is missing; accepted: \(accepted)"))
        }
        return rule
    }

    private func unknown(_ name: String, at path: String) -> String {
        let advice = NearestName.find(name, among: members.map(\.name)).map { "did you mean \($0)?" }
        return "\(path).\(LogText.escaped(name, limit: 80)): unknown member; "
            + (advice ?? "accepted: \(names)")
    }

    // MARK: - Printing

    /// As YAML in one line, which is read as the same rule.
    func print(_ rule: Rule) -> String {
        let members = members.compactMap { member in member.print(rule).map { "\(member.name): \($0)" } }
        return "{\(members.joined(separator: ", "))}"
    }

    /// `match, history and presence`.
    private var names: String {
        let names = members.map(\.name)
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }
}
