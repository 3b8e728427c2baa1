internal import Yams
import Wire

/// The settings of a YAML file, each with its place, and what is wrong with the file.
///
/// swift-configuration's own YAML provider would do for the values, but knows no places, keeps unknown names to
/// itself, and refuses lists of maps altogether.
struct ConfigurationDocument {
    private(set) var texts: [String: [SettingsLayer.Text]] = [:]
    private(set) var problems: [SettingProblem] = []
    private let path: String

    /// - Parameter path: for messages only.
    init(_ bytes: [UInt8], path: String) {
        self.path = path
        guard UTF8Validator.isValid(bytes.span) else {
            note(0, 0, "the file is not UTF-8 text")
            return
        }
        if let trap = YAMLTrap.find(in: bytes.span) {
            note(trap.line, trap.column, trap.message)
            return
        }
        let yaml = String(decoding: bytes, as: UTF8.self)
        do {
            // No resolver: every value is text here, read by its setting's own format.
            let parser = try Parser(yaml: yaml, resolver: .basic, encoding: .utf8)
            guard let root = try parser.singleRoot() else { return }
            walk(root, in: [])
        } catch {
            note(error)
        }
    }

    // MARK: - Nodes

    /// A section, `[]` being the whole file.
    private mutating func walk(_ node: Node, in section: [String]) {
        if isEmpty(node) { return }
        guard case .mapping(let mapping) = node else {
            let name = section.isEmpty ? "the file" : section.joined(separator: ".")
            note(node, "\(name): found \(kind(node)); accepted: a map, 'name: value' on each line")
            return
        }
        for (key, value) in mapping where !isHopeless {
            guard case .scalar(let name) = key else {
                note(key, "\(kind(key)) stands where the name of a setting is due")
                continue
            }
            let components = section + [name.string]
            if name.string.contains(".") {
                note(key, "\(shown(components)): unknown setting; sections nest by indentation, not by dots")
            } else if let setting = SettingKey.all.first(where: {
                $0.name == components.joined(separator: ".")
            }) {
                read(value, for: setting)
            } else if Self.sections.contains(components.joined(separator: ".")) {
                walk(value, in: components)
            } else {
                note(key, unknown(components))
            }
        }
    }

    private mutating func read(_ node: Node, for setting: SettingKey) {
        switch (node, setting.shape) {
        case (.scalar(let scalar), _):
            texts[setting.name] = [text(isEmpty(node) ? "" : scalar.string, at: node)]
        case (.sequence(let sequence), .list):
            var elements: [SettingsLayer.Text] = []
            if sequence.isEmpty {
                note(node, "\(setting.name): the list is empty; accepted: \(setting.accepted)")
            }
            for element in sequence where !isHopeless {
                if case .scalar(let scalar) = element {
                    elements.append(text(scalar.string, at: element))
                } else {
                    note(
                        element,
                        "\(setting.name): found \(kind(element)) in the list; accepted: \(setting.accepted)")
                }
            }
            texts[setting.name] = elements
        default:
            note(node, "\(setting.name): found \(kind(node)); accepted: \(setting.accepted)")
        }
    }

    /// Nothing after the colon, or one of YAML's words for nothing.
    private func isEmpty(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    private func kind(_ node: Node) -> String {
        switch node {
        case .mapping: "a map"
        case .sequence: "a list"
        case .scalar, .alias: "a single value"
        }
    }

    private func text(_ text: String, at node: Node) -> SettingsLayer.Text {
        SettingsLayer.Text(
            text: text, place: .file(path: path, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0))
    }

    // MARK: - Names

    /// `redis`, `limits`, …: the names that have settings under them.
    private static let sections: [String] = {
        var sections: [String] = []
        for key in SettingKey.all {
            let section = key.name.split(separator: ".").dropLast().joined(separator: ".")
            if !section.isEmpty, !sections.contains(section) { sections.append(section) }
        }
        return sections
    }()

    private func unknown(_ components: [String]) -> String {
        let name = components.joined(separator: ".")
        let known = SettingKey.all.map(\.name) + Self.sections
        let advice = NearestName.find(name, among: known).map { "did you mean \($0)?" }
        return "\(shown(components)): unknown setting; " + (advice ?? "'roost check' shows all settings")
    }

    private func shown(_ components: [String]) -> String {
        LogText.escaped(components.joined(separator: "."), limit: 80)
    }

    // MARK: - Problems

    private var isHopeless: Bool { problems.count >= ConfigurationError.maximumCount }

    private mutating func note(_ line: Int, _ column: Int, _ message: String) {
        problems.append(SettingProblem(.file(path: path, line: line, column: column), message))
    }

    private mutating func note(_ node: Node, _ message: String) {
        note(node.mark?.line ?? 0, node.mark?.column ?? 0, message)
    }

    private mutating func note(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            note(mark.line, mark.column, "not YAML: \(LogText.escaped(problem))")
        case .composer(let context, let problem, let mark, _):
            // Two halves of a sentence: "expected a single document in the stream", "but found another document".
            let words = [context?.text, problem].compactMap(\.self).joined(separator: " ")
            note(mark.line, mark.column, "not YAML: \(LogText.escaped(words))")
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            note(line, column, "not YAML: \(LogText.escaped(problem))")
        case .duplicatedKeysInMapping(let names, let context):
            let shown = names.map { "'\(LogText.escaped($0, limit: 80))'" }.joined(separator: ", ")
            note(context.mark.line, context.mark.column, "given more than once: \(shown)")
        default:
            note(0, 0, "not YAML: \(LogText.escaped(String(describing: error)))")
        }
    }
}
