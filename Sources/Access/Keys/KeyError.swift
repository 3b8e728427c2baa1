/// Why something is no key for tokens. Does not repeat the key.
public struct KeyError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
