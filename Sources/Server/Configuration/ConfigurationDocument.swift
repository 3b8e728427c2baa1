/// The settings of a YAML file, each with its place, and what is wrong with the file.
///
/// swift-configuration's own YAML provider would do for the values, but knows no places, keeps unknown names to
/// itself, and refuses lists of maps altogether.
struct ConfigurationDocument {
    private(set) var texts: [String: [SettingsLayer.Text]] = [:]
    private(set) var problems: [SettingProblem] = []

    /// - Parameter path: for messages only.
    init(_ bytes: [UInt8], path: String) {
        do {
            guard let root = try ConfigurationYAML.parse(bytes, from: .file(path: path)) else { return }
            walk(root, in: [])
        } catch {
            problems = error.problems
        }
    }

    // MARK: - Nodes

    /// A section, `[]` being the whole file.
    private mutating func walk(_ node: ConfigurationNode, in section: [String]) {
        if node.isNothing { return }
        guard case .map(let entries) = node.content else {
            let name = section.isEmpty ? "the file" : section.joined(separator: ".")
            note(node, "\(name): found \(node.kind); accepted: a map, 'name: value' on each line")
            return
        }
        for (key, value) in entries where !isHopeless {
            guard case .text(let name) = key.content else {
                note(key, "\(key.kind) stands where the name of a setting is due")
                continue
            }
            let components = section + [name]
            if name.contains(".") {
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

    private mutating func read(_ node: ConfigurationNode, for setting: SettingKey) {
        switch (setting.shape, node.content) {
        case (.rules(let read), _):
            if let text = read(node, &problems) {
                texts[setting.name] = [SettingsLayer.Text(text: text, place: node.place)]
            }
        case (_, .text(let text)):
            texts[setting.name] = [
                SettingsLayer.Text(text: node.isNothing ? "" : text, place: node.place)
            ]
        case (.list, .list(let nodes)):
            var elements: [SettingsLayer.Text] = []
            if nodes.isEmpty, setting.mayBeEmpty {
                elements.append(SettingsLayer.Text(text: "", place: node.place))
            } else if nodes.isEmpty {
                note(node, "\(setting.name): the list is empty; accepted: \(setting.accepted)")
            }
            for element in nodes where !isHopeless {
                if case .text(let text) = element.content {
                    elements.append(SettingsLayer.Text(text: text, place: element.place))
                } else {
                    note(
                        element,
                        "\(setting.name): found \(element.kind) in the list; accepted: \(setting.accepted)")
                }
            }
            texts[setting.name] = elements
        default:
            note(node, "\(setting.name): found \(node.kind); accepted: \(setting.accepted)")
        }
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

    private mutating func note(_ node: ConfigurationNode, _ message: String) {
        problems.append(SettingProblem(node.place, message))
    }
}
