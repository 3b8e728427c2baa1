internal import Yams
import Wire

/// Reads YAML from a file or a variable into nodes that know their places.
struct ConfigurationYAML {
    /// Where the text is from.
    enum Source {
        case file(path: String)
        case environment(name: String)
    }

    private let source: Source

    /// - Returns: `nil` if there is nothing but comments.
    /// - Throws: the one problem that made the text unreadable.
    static func parse(_ bytes: [UInt8], from source: Source) throws(ConfigurationError) -> ConfigurationNode?
    {
        try ConfigurationYAML(source: source).parse(bytes)
    }

    private func parse(_ bytes: [UInt8]) throws(ConfigurationError) -> ConfigurationNode? {
        guard UTF8Validator.isValid(bytes.span) else { throw failure(0, 0, "the file is not UTF-8 text") }
        if let trap = YAMLTrap.find(in: bytes.span) { throw failure(trap.line, trap.column, trap.message) }
        let root: Node?
        do {
            // No resolver: see `ConfigurationNode.Content.text`.
            root = try Parser(
                yaml: String(decoding: bytes, as: UTF8.self), resolver: .basic, encoding: .utf8
            ).singleRoot()
        } catch {
            throw failure(error)
        }
        return root.map(node)
    }

    // MARK: - Nodes

    private func node(_ node: Node) -> ConfigurationNode {
        let content: ConfigurationNode.Content
        var isNothing = false
        switch node {
        case .scalar(let scalar):
            content = .text(scalar.string)
            isNothing = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
        case .sequence(let sequence): content = .list(sequence.map(self.node))
        case .mapping(let mapping):
            content = .map(mapping.map { (name: self.node($0.key), value: self.node($0.value)) })
        // `YAMLTrap` lets none through.
        case .alias: content = .text("")
        }
        return ConfigurationNode(
            content: content, place: place(node.mark?.line ?? 0, node.mark?.column ?? 0), isNothing: isNothing
        )
    }

    private func place(_ line: Int, _ column: Int) -> SettingPlace {
        switch source {
        case .file(let path): .file(path: path, line: line, column: column)
        case .environment(let name): .environment(name: name)
        }
    }

    // MARK: - Problems

    private func failure(_ line: Int, _ column: Int, _ message: String) -> ConfigurationError {
        var message = message
        if case .environment = source, line > 0 { message += " (line \(line), column \(column))" }
        return ConfigurationError([SettingProblem(place(line, column), message)])
    }

    private func failure(_ error: any Error) -> ConfigurationError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            return failure(mark.line, mark.column, "not YAML: \(LogText.escaped(problem))")
        case .composer(let context, let problem, let mark, _):
            // Two halves of a sentence: "expected a single document in the stream", "but found another document".
            let words = [context?.text, problem].compactMap(\.self).joined(separator: " ")
            return failure(mark.line, mark.column, "not YAML: \(LogText.escaped(words))")
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            return failure(line, column, "not YAML: \(LogText.escaped(problem))")
        case .duplicatedKeysInMapping(let names, let context):
            let shown = names.map { "'\(LogText.escaped($0, limit: 80))'" }.joined(separator: ", ")
            return failure(context.mark.line, context.mark.column, "given more than once: \(shown)")
        default:
            return failure(0, 0, "not YAML: \(LogText.escaped(String(describing: error)))")
        }
    }
}
