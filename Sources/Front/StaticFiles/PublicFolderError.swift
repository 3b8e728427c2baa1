/// Why the public folder cannot be served.
public struct PublicFolderError: Error, CustomStringConvertible, Equatable {
    public let path: String
    public let reason: String

    public var description: String { "cannot serve the public folder '\(path)': \(reason)" }
}
