/// One thing that is wrong with the configuration.
public struct SettingProblem: Equatable, Sendable {
    public let place: SettingPlace
    /// What is wrong, the setting's name and the accepted form included.
    public let message: String

    init(_ place: SettingPlace, _ message: String) {
        self.place = place
        self.message = message
    }

    /// A value that `key` does not take.
    init(_ place: SettingPlace, _ key: SettingKey, _ text: String, _ invalid: InvalidValue) {
        let shown = key.isSecret ? "the value" : "'\(LogText.escaped(text, limit: 80))'"
        self.init(place, "\(key.name): \(shown) \(invalid.reason); accepted: \(key.accepted)")
    }
}

extension SettingProblem: CustomStringConvertible {
    public var description: String { "\(place): \(message)" }
}
