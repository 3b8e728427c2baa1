import Configuration

/// Finds out the settings that hold: flags win, then the environment, then the file, then the defaults.
///
/// Values that another source overrides are checked as well, so that a mistake does not wait for the day when the
/// override goes away.
public struct SettingsLoader: Sendable {
    private let flags: [String: [String]]
    private let environment: [String: String]
    private let file: String?

    /// - Parameters:
    ///   - flags: what the command line sets, by the name of a setting that has a flag.
    ///   - environment: the process's.
    ///   - file: the configuration file; `nil` for the one that `ROOST_CONFIG` names, or none.
    public init(flags: [String: [String]] = [:], environment: [String: String] = [:], file: String? = nil) {
        assert(
            flags.keys.allSatisfy { name in SettingKey.all.contains { $0.name == name && $0.flag != nil } })
        self.flags = flags
        self.environment = environment
        let named = file ?? environment["ROOST_CONFIG"] ?? ""
        self.file = named.isEmpty ? nil : named
    }

    /// Reads everything once. Blocks on the file system.
    /// - Throws: all that is wrong, not only the first thing.
    public func load() throws(ConfigurationError) -> EffectiveSettings {
        var problems: [SettingProblem] = []
        var layers = [SettingsLayer(name: "flags", texts: flagTexts())]

        let variables = EnvironmentSettings.read(environment)
        layers.append(SettingsLayer(name: "environment", texts: variables.texts))
        problems += variables.problems

        if let file {
            do {
                let document = ConfigurationDocument(try ConfigurationFile.read(file), path: file)
                layers.append(SettingsLayer(name: "file", texts: document.texts))
                problems += document.problems
            } catch {
                problems += error.problems
            }
        }
        for key in SettingKey.all {
            for layer in layers {
                for given in layer.texts[key.name] ?? []
                where problems.count < ConfigurationError.maximumCount {
                    do {
                        try key.check(given.text)
                    } catch {
                        problems.append(SettingProblem(given.place, key, given.text, error))
                    }
                }
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return try assemble(layers)
    }

    /// Lets swift-configuration choose among the layers' values, each of which is known to be good.
    private func assemble(_ layers: [SettingsLayer]) throws(ConfigurationError) -> EffectiveSettings {
        let reader = ConfigReader(providers: layers.map(\.provider))
        var settings = Settings()
        var places: [String: SettingPlace] = [:]
        var problems: [SettingProblem] = []
        for key in SettingKey.all {
            let texts =
                switch key.shape {
                case .single, .rules:
                    reader.string(forKey: key.configKey, isSecret: key.isSecret).map { [$0] }
                case .list: reader.stringArray(forKey: key.configKey, isSecret: key.isSecret)
                }
            guard let texts else { continue }
            let place = layers.lazy.compactMap { $0.texts[key.name] }.first?.first?.place ?? .standard
            places[key.name] = place
            do {
                try key.assign(texts, &settings)
            } catch {
                problems.append(SettingProblem(place, key, texts.joined(separator: ","), error))
            }
        }
        for (name, message) in SettingsRules.broken(by: settings) {
            problems.append(SettingProblem(places[name] ?? .standard, "\(name): \(message)"))
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        let entries = SettingKey.all.map { key in
            EffectiveSettings.Entry(
                name: key.name, value: key.text(in: settings),
                rules: key.rules(settings), place: places[key.name] ?? .standard)
        }
        let warnings = warnings(settings, places)
        return EffectiveSettings(settings: settings, entries: entries, warnings: warnings)
    }

    private func warnings(_ settings: Settings, _ places: [String: SettingPlace]) -> [SettingProblem] {
        var warnings = SafeStart.warnings(settings).map { name, message in
            SettingProblem(places[name] ?? .standard, "\(name): \(message)")
        }
        let hasSecret = SettingKey.all.contains { key in
            guard key.isSecret, case .file = places[key.name] else { return false }
            // Only what is not shown as it was written has something to hide.
            return key.values(settings).contains { $0.contains("***") }
        }
        if let file, hasSecret, let message = SafeStart.warning(aboutFile: file) {
            warnings.append(SettingProblem(.file(path: file, line: 0, column: 0), message))
        }
        return warnings
    }

    private func flagTexts() -> [String: [SettingsLayer.Text]] {
        var texts: [String: [SettingsLayer.Text]] = [:]
        for key in SettingKey.all {
            guard let flag = key.flag, let given = flags[key.name], !given.isEmpty else { continue }
            texts[key.name] = given.map { SettingsLayer.Text(text: $0, place: .flag(name: flag)) }
        }
        return texts
    }
}
