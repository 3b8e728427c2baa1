/// A piece of YAML and its place, before it is known what it means.
struct ConfigurationNode: Sendable {
    enum Content: Sendable {
        /// Every value is text here, read by its setting's own format.
        case text(String)
        case list([ConfigurationNode])
        /// In the order of the file; a name may be anything.
        case map([(name: ConfigurationNode, value: ConfigurationNode)])
    }

    let content: Content
    let place: SettingPlace
    /// Nothing after the colon, or one of YAML's words for nothing.
    let isNothing: Bool

    /// Nothing in quotes, as what has no value is shown.
    var isEmptyText: Bool {
        if case .text(let text) = content { text.isEmpty } else { false }
    }

    /// For messages: "found a list".
    var kind: String {
        switch content {
        case .text: isNothing ? "nothing" : "a single value"
        case .list: "a list"
        case .map: "a map"
        }
    }
}
