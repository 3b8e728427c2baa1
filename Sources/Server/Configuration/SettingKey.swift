/// One setting: its name, how its values are written, and where they go.
///
/// `SettingKey.all` is the only list of settings: the file, the environment, the flags, `roost check` and the test of
/// the example file all go by it.
struct SettingKey: Sendable {
    enum Shape: Sendable {
        case single
        /// One or more; in the environment separated by commas.
        case list
        /// A list of maps, each a rule, read with a table of their own into the text that `ValueFormat.parse` takes;
        /// in the environment the same YAML as in the file.
        case rules(@Sendable (ConfigurationNode, inout [SettingProblem]) -> String?)
    }

    /// The path in the file, `limits.message_size`.
    let name: String
    /// The flag of `roost serve` that sets it, `--workers`.
    let flag: String?
    let shape: Shape
    /// It holds from the start to the end: SIGHUP does not change it.
    let needsRestart: Bool
    /// A list that may have nothing in it.
    let mayBeEmpty: Bool
    /// The value has a password in it: never shown as it was given.
    let isSecret: Bool
    /// Follows "accepted:" in an error message.
    let accepted: String
    /// What it does, with its unit; also the comment in the example file.
    let documentation: String
    /// Reads one value and drops it.
    let check: @Sendable (String) throws(InvalidValue) -> Void
    /// Reads the value, or the values of a list, into the settings.
    let assign: @Sendable ([String], inout Settings) throws(InvalidValue) -> Void
    /// The value in the settings as it is written, passwords hidden.
    let values: @Sendable (Settings) -> [String]
    /// The rules in the settings, each as YAML in one line that is safe to show; none where the value is no list of maps.
    let rules: @Sendable (Settings) -> [String]

    /// `limits.message_size` is `ROOST_LIMITS_MESSAGE_SIZE`.
    var environmentName: String { Self.environmentPrefix + name.uppercased().replacing(".", with: "_") }

    static let environmentPrefix = "ROOST_"

    private static let maximumListLength = 64

    /// A setting with one value.
    init<Value: Sendable>(
        _ name: String, _ target: any WritableKeyPath<Settings, Value> & Sendable,
        _ format: ValueFormat<Value>,
        flag: String? = nil, isSecret: Bool = false, needsRestart: Bool = false, _ documentation: String
    ) {
        self.name = name
        self.flag = flag
        self.isSecret = isSecret
        self.needsRestart = needsRestart
        self.documentation = documentation
        shape = .single
        mayBeEmpty = false
        accepted = format.accepted
        check = { text throws(InvalidValue) in _ = try format.parse(text) }
        assign = { texts, settings throws(InvalidValue) in
            guard let text = texts.first else { throw InvalidValue("has no value") }
            settings[keyPath: target] = try format.parse(text)
        }
        values = { [format.print($0[keyPath: target])] }
        rules = { _ in [] }
    }

    /// A setting with a list of values.
    init<Element: Sendable>(
        listOf name: String, _ target: any WritableKeyPath<Settings, [Element]> & Sendable,
        _ format: ValueFormat<Element>, flag: String? = nil, mayBeEmpty: Bool = false,
        needsRestart: Bool = false,
        _ documentation: String
    ) {
        self.name = name
        self.flag = flag
        self.documentation = documentation
        self.mayBeEmpty = mayBeEmpty
        self.needsRestart = needsRestart
        isSecret = false
        shape = .list
        accepted = "a list of " + format.accepted + (mayBeEmpty ? "; or nothing" : "")
        check = { text throws(InvalidValue) in
            if !(mayBeEmpty && text.isEmpty) { _ = try format.parse(text) }
        }
        assign = { texts, settings throws(InvalidValue) in
            guard texts.count <= Self.maximumListLength else {
                throw InvalidValue("has \(texts.count) values, more than \(Self.maximumListLength)")
            }
            var elements: [Element] = []
            for text in texts where !(mayBeEmpty && text.isEmpty) { elements.append(try format.parse(text)) }
            guard mayBeEmpty || !elements.isEmpty else { throw InvalidValue("has no value") }
            settings[keyPath: target] = elements
        }
        values = { $0[keyPath: target].map(format.print) }
        rules = { _ in [] }
    }

    /// A setting with a list of maps.
    init<Rule: Sendable>(
        rulesOf name: String, _ target: any WritableKeyPath<Settings, [Rule]> & Sendable,
        _ format: RuleFormat<Rule>, _ documentation: String
    ) {
        let list = ValueFormat.rules(format, name)
        self.name = name
        self.documentation = documentation
        flag = nil
        isSecret = false
        mayBeEmpty = true
        needsRestart = false
        shape = .rules { node, problems in
            format.readList(node, at: name, &problems).map(list.print)
        }
        accepted = list.accepted
        check = { text throws(InvalidValue) in _ = try list.parse(text) }
        assign = { texts, settings throws(InvalidValue) in
            settings[keyPath: target] = try list.parse(texts.first ?? "")
        }
        values = { [list.print($0[keyPath: target])] }
        rules = { $0[keyPath: target].map(format.print) }
    }

    /// A setting with one map, or nothing.
    init<Rule: Sendable>(
        mapOf name: String, _ target: any WritableKeyPath<Settings, Rule?> & Sendable,
        _ format: RuleFormat<Rule>, _ documentation: String
    ) {
        let map = ValueFormat.map(format, name)
        self.name = name
        self.documentation = documentation
        flag = nil
        isSecret = false
        mayBeEmpty = true
        needsRestart = false
        shape = .rules { node, problems in
            if node.isNothing || node.isEmptyText { return "" }
            let countBefore = problems.count
            let rule = format.read(node, at: name, &problems)
            return problems.count == countBefore ? rule.map(format.print) : nil
        }
        accepted = map.accepted
        check = { text throws(InvalidValue) in _ = try map.parse(text) }
        assign = { texts, settings throws(InvalidValue) in
            settings[keyPath: target] = try map.parse(texts.first ?? "")
        }
        values = { [map.print($0[keyPath: target])] }
        rules = { _ in [] }
    }

    /// The value as it is written in the file, in one line: a list of other than one value in brackets.
    func text(in settings: Settings) -> String {
        let values = values(settings)
        if case .list = shape, values.count != 1 { return "[" + values.joined(separator: ", ") + "]" }
        return values.joined(separator: ", ")
    }

    /// Whether two sets of settings have it alike.
    func isSame(in one: Settings, as other: Settings) -> Bool {
        values(one) == values(other) && rules(one) == rules(other)
    }
}
