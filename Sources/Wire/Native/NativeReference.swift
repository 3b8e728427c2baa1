/// The `ref` a client puts in a command and finds in the reply.
public enum NativeReference: Equatable, Sendable {
    case none
    case integer(Int64)
    /// A string, as the client wrote it, quotes and escapes included.
    case string([UInt8])

    /// The longest string, in bytes as written.
    public static let maximumLength = 255

    /// Appends `,"ref":…`, or nothing.
    public func append(to bytes: inout [UInt8]) {
        switch self {
        case .none: return
        case .integer(let value):
            bytes.append(#","ref":"#)
            JSON.appendInteger(value, to: &bytes)
        case .string(let written):
            bytes.append(#","ref":"#)
            bytes.append(contentsOf: written)
        }
    }
}
