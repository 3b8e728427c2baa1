/// Why the server cannot start: one line for the person who started it. The process exits with 1.
public struct StartError: Error, CustomStringConvertible, Equatable {
    public let description: String

    public init(_ description: String) { self.description = description }
}
