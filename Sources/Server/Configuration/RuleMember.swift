/// One member of the maps in a list of rules: its name, how its value is read, and how it is printed again.
struct RuleMember<Rule: Sendable>: Sendable {
    let name: String
    let isRequired: Bool
    /// Reads the value into the rule. The path, `channels[0].match`, is for messages.
    let read: @Sendable (ConfigurationNode, _ path: String, inout Rule, inout [SettingProblem]) -> Void
    /// As YAML in one line; `nil` where there is nothing to show.
    let print: @Sendable (Rule) -> String?

    /// How many values a list may have.
    private static var maximumListLength: Int { 64 }

    private init(
        name: String, isRequired: Bool = false,
        read: @escaping @Sendable (ConfigurationNode, String, inout Rule, inout [SettingProblem]) -> Void,
        print: @escaping @Sendable (Rule) -> String?
    ) {
        self.name = name
        self.isRequired = isRequired
        self.read = read
        self.print = print
    }

    /// A single value.
    init<Value: Sendable>(
        _ name: String, _ target: any WritableKeyPath<Rule, Value> & Sendable, _ format: ValueFormat<Value>,
        isRequired: Bool = false
    ) {
        self.init(
            name: name, isRequired: isRequired,
            read: { node, path, rule, problems in
                if let value = Self.value(of: node, path, format, format.accepted, &problems) {
                    rule[keyPath: target] = value
                }
            },
            print: { format.print($0[keyPath: target]) })
    }

    /// A text, or a list of texts, that must be there.
    init(
        oneOrMore name: String, _ target: any WritableKeyPath<Rule, [[UInt8]]> & Sendable,
        _ format: ValueFormat<[UInt8]>
    ) {
        self.init(
            name: name, isRequired: true,
            read: { node, path, rule, problems in
                rule[keyPath: target] = Self.list(node, path, format, least: 1, &problems) ?? []
            },
            print: { Self.print($0[keyPath: target], format) })
    }

    /// A value, or a list of any number of them; nothing unless said.
    init<Value: Sendable>(
        list name: String, _ target: any WritableKeyPath<Rule, [Value]> & Sendable,
        _ format: ValueFormat<Value>
    ) {
        self.init(
            name: name,
            read: { node, path, rule, problems in
                rule[keyPath: target] = Self.list(node, path, format, least: 0, &problems) ?? []
            },
            print: { $0[keyPath: target].isEmpty ? nil : Self.print($0[keyPath: target], format) })
    }

    /// A glob pattern, or a list of any number of them, that may be left out.
    init(
        patterns name: String, get: @escaping @Sendable (Rule) -> [[UInt8]]?,
        set: @escaping @Sendable (inout Rule, [[UInt8]]) -> Void
    ) {
        self.init(
            name: name,
            read: { node, path, rule, problems in
                if let values = Self.list(node, path, .pattern, least: 0, &problems) { set(&rule, values) }
            },
            print: { get($0).map { Self.print($0, .pattern) } })
    }

    /// A map of its own, of which all may be left out: `{}` for what `format` has without any.
    init<Part: Sendable>(
        _ name: String, _ target: any WritableKeyPath<Rule, Part?> & Sendable, _ format: RuleFormat<Part>
    ) {
        self.init(
            name: name,
            read: { node, path, rule, problems in
                rule[keyPath: target] = format.read(node, at: path, &problems)
            },
            print: { $0[keyPath: target].map(format.print) })
    }

    /// - Parameter least: how many values there must be.
    private static func list<Value>(
        _ node: ConfigurationNode, _ path: String, _ format: ValueFormat<Value>, least: Int,
        _ problems: inout [SettingProblem]
    ) -> [Value]? {
        let accepted = "\(format.accepted), or a list of such"
        guard case .list(let nodes) = node.content else {
            return value(of: node, path, format, accepted, &problems).map { [$0] }
        }
        guard least...maximumListLength ~= nodes.count else {
            let count = nodes.isEmpty ? "is empty" : "has \(nodes.count) values"
            problems.append(
                SettingProblem(
                    node.place,
                    "\(path): the list \(count); accepted: \(accepted), at most \(maximumListLength)"))
            return nil
        }
        return nodes.compactMap { value(of: $0, path, format, accepted, &problems) }
    }

    /// One value as it is; a list in brackets.
    private static func print<Value>(_ values: [Value], _ format: ValueFormat<Value>) -> String {
        let texts = values.map(format.print)
        return texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
    }

    private static func value<Value>(
        of node: ConfigurationNode, _ path: String, _ format: ValueFormat<Value>, _ accepted: String,
        _ problems: inout [SettingProblem]
    ) -> Value? {
        guard problems.count < ConfigurationError.maximumCount else { return nil }
        guard case .text(let text) = node.content, !node.isNothing else {
            problems.append(SettingProblem(node.place, "\(path): found \(node.kind); accepted: \(accepted)"))
            return nil
        }
        do throws(InvalidValue) {
            return try format.parse(text)
        } catch {
            let shown = LogText.escaped(text, limit: 80)
            problems.append(
                SettingProblem(node.place, "\(path): '\(shown)' \(error.reason); accepted: \(accepted)"))
            return nil
        }
    }
}
