/// Why a text is no value of a setting. Does not repeat the text, which may be a secret.
struct InvalidValue: Error, Equatable {
    /// Follows the text in a sentence: `"10" has no unit`.
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
