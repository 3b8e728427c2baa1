/// Why nothing can be signed, in one line for whoever asked.
public struct SigningKeyError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
