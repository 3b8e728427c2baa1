/// Texts as YAML writes them in quotes.
enum YAMLText {
    /// In double quotes (https://yaml.org/spec/1.1/#escaping%20in%20double-quoted%20style/), safe for a terminal, and
    /// such that `YAMLTrap` has nothing against it.
    static func quoted(_ text: String) -> String {
        let plain = quoted(text, escaping: [])
        guard YAMLTrap.find(in: Array(plain.utf8).span) != nil else { return plain }
        return quoted(text, escaping: ["*", "?"])
    }

    /// As it is where it is plainly a text, else in quotes.
    static func plainOrQuoted(_ text: String) -> String {
        text.wholeMatch(of: /[A-Za-z\/][A-Za-z0-9_.\/-]*/) == nil ? quoted(text) : text
    }

    private static func quoted(_ text: String, escaping others: [Unicode.Scalar]) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "\"":
                quoted += "\\"
                quoted.unicodeScalars.append(scalar)
            case let scalar where LogText.isUnsafe(scalar) || others.contains(scalar):
                let digits = String(scalar.value, radix: 16)
                let length = digits.count > 4 ? 8 : 4
                quoted += length == 8 ? "\\U" : "\\u"
                quoted += String(repeating: "0", count: length - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
