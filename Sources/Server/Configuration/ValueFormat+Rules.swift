extension ValueFormat {
    /// A list of rules in one line of YAML.
    static func rules<Rule>(_ format: RuleFormat<Rule>, _ name: String) -> Self where Value == [Rule] {
        ValueFormat(
            accepted: format.acceptedList,
            parse: { text throws(InvalidValue) in
                var problems: [SettingProblem] = []
                do throws(ConfigurationError) {
                    let node = try ConfigurationYAML.parse(Array(text.utf8), from: .environment(name: name))
                    guard let node else { return [] }
                    if let rules = format.readList(node, at: name, &problems) { return rules }
                } catch {
                    problems = error.problems
                }
                throw InvalidValue("is refused: \(problems.first?.message ?? "")")
            },
            print: { "[\($0.map(format.print).joined(separator: ", "))]" })
    }

    /// One map in one line of YAML, or nothing.
    static func map<Rule>(_ format: RuleFormat<Rule>, _ name: String) -> Self where Value == Rule? {
        ValueFormat(
            accepted: "\(format.accepted), or nothing (\"\")",
            parse: { text throws(InvalidValue) in
                var problems: [SettingProblem] = []
                do throws(ConfigurationError) {
                    let node = try ConfigurationYAML.parse(Array(text.utf8), from: .environment(name: name))
                    guard let node, !node.isNothing, !node.isEmptyText else { return nil }
                    let rule = format.read(node, at: name, &problems)
                    if problems.isEmpty, let rule { return rule }
                } catch {
                    problems = error.problems
                }
                throw InvalidValue("is refused: \(problems.first?.message ?? "")")
            },
            print: { $0.map(format.print) ?? "" })
    }
}
