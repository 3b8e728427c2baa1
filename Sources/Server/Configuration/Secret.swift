/// What may be shown of a secret.
enum Secret {
    /// A URL without its user and password: `redis://:hunter2@host/0` becomes `redis://***@host/0`.
    ///
    /// Everything from the scheme to the last `@` is left out, so that a password with an unescaped `@` or `/` in it
    /// does not show either; so is a query, where some clients put passwords.
    static func hidingPassword(_ url: String) -> String {
        var shown = url[...]
        var query: Substring = ""
        if let at = shown.lastIndex(of: "@") {
            let scheme = shown.firstRange(of: "://").map { shown[..<$0.upperBound] } ?? ""
            shown = scheme + "***" + shown[at...]
        }
        if let mark = shown.firstIndex(of: "?") {
            query = isDatabase(shown[mark...]) ? shown[mark...] : "?***"
            shown = shown[..<mark]
        }
        return String(shown + query)
    }

    private static func isDatabase(_ query: Substring) -> Bool {
        query.hasPrefix("?db=") && Digits.number(query.dropFirst("?db=".count)) != nil
    }
}
