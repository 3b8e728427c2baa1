import Configuration

/// What one source (the flags, the environment, the file) says, for swift-configuration to put in order.
struct SettingsLayer: Sendable {
    /// A value and where it stands.
    struct Text: Equatable, Sendable {
        let text: String
        let place: SettingPlace
    }

    let provider: any ConfigProvider
    /// The values by setting name.
    let texts: [String: [Text]]

    /// - Parameter texts: one text for a single setting or for rules, any number for a list.
    init(name: String, texts: [String: [Text]]) {
        self.texts = texts
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for key in SettingKey.all {
            guard let given = texts[key.name]?.map(\.text) else { continue }
            let content: ConfigContent? =
                switch key.shape {
                case .single, .rules: given.first.map { .string($0) }
                case .list: .stringArray(given)
                }
            guard let content else { continue }
            values[AbsoluteConfigKey(key.configKey)] = ConfigValue(content, isSecret: key.isSecret)
        }
        provider = InMemoryProvider(name: name, values: values)
    }
}

extension SettingKey {
    var configKey: ConfigKey { ConfigKey(name.split(separator: ".").map(String.init)) }
}
