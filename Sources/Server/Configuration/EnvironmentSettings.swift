/// The `ROOST_…` variables of an environment.
enum EnvironmentSettings {
    /// Variables that are not settings: which file to read, and what client commands use.
    static let others: Set<String> = ["ROOST_CONFIG", "ROOST_SERVER", "ROOST_CA", "ROOST_TOKEN"]

    /// The settings by name, and the variables that are none.
    static func read(_ environment: [String: String]) -> (
        texts: [String: [SettingsLayer.Text]], problems: [SettingProblem]
    ) {
        var texts: [String: [SettingsLayer.Text]] = [:]
        var problems: [SettingProblem] = []
        let names = environment.keys.filter { $0.hasPrefix(SettingKey.environmentPrefix) }
        for name in names.sorted() where !others.contains(name) {
            let value = environment[name] ?? ""
            let place = SettingPlace.environment(name: name)
            if let key = SettingKey.all.first(where: { $0.environmentName == name }) {
                texts[key.name] = split(value, key.shape, name, &problems).map {
                    SettingsLayer.Text(text: $0, place: place)
                }
            } else if !isServiceLink(name, value) {
                let known = SettingKey.all.map(\.environmentName) + others.sorted()
                let advice = NearestName.find(name, among: known).map { "did you mean \($0)?" }
                problems.append(
                    SettingProblem(
                        place, "unknown setting; " + (advice ?? "'roost check' shows all settings")))
            }
        }
        return (texts, problems)
    }

    /// The value, or the values of a list; none if they could not be found, which is in `problems` then.
    private static func split(
        _ value: String, _ shape: SettingKey.Shape, _ name: String, _ problems: inout [SettingProblem]
    ) -> [String] {
        switch shape {
        case .rules(let read):
            do throws(ConfigurationError) {
                let source = ConfigurationYAML.Source.environment(name: name)
                guard let node = try ConfigurationYAML.parse(Array(value.utf8), from: source) else {
                    return [""]
                }
                return read(node, &problems).map { [$0] } ?? []
            } catch {
                problems += error.problems
                return []
            }
        case .single: return [value]
        case .list:
            return value.split(separator: ",", omittingEmptySubsequences: false).map { element in
                String(element.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
        }
    }

    /// Kubernetes tells every container about every service of its namespace in variables that begin with the
    /// service's name, and a service may well be called "roost" or "roost-redis"
    /// (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
    private static func isServiceLink(_ name: String, _ value: String) -> Bool {
        if name.hasSuffix("_SERVICE_HOST") || name.hasSuffix("_SERVICE_PORT")
            || name.contains("_SERVICE_PORT_")
        {
            return true
        }
        let isURL = ["tcp://", "udp://", "sctp://"].contains(where: value.hasPrefix)
        if name.hasSuffix("_PORT") && isURL { return true }
        let words = name.split(separator: "_")
        guard let protocolIndex = words.lastIndex(where: { ["TCP", "UDP", "SCTP"].contains($0) }),
            protocolIndex >= 2
        else { return false }
        return Digits.number(words[protocolIndex - 1]) != nil && words[protocolIndex - 2] == "PORT"
    }
}
