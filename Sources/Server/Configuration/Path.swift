/// Paths and URLs in settings.
enum Path {
    /// - Throws: if `text` is empty, absurdly long, or has a control character, such as the zero that would end it
    ///   early for the system.
    static func check(_ text: String) throws(InvalidValue) -> String {
        guard !text.isEmpty else { throw InvalidValue("is empty") }
        guard text.utf8.count < 4096 else {
            throw InvalidValue("has \(text.utf8.count) bytes, more than 4095")
        }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw InvalidValue("has a control character")
        }
        return text
    }
}
