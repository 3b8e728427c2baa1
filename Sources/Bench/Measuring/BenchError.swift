/// Why a benchmark could not be run, or not to its end; a whole sentence for the user.
public struct BenchError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
