/// What is wrong with a file of certificates or a key.
public struct TLSFileError: Error, Equatable, Sendable {
    /// Follows the file's name in a sentence.
    public let reason: String

    init(_ reason: String) { self.reason = reason }
}
