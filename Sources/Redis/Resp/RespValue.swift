/// A reply that is kept: a copy of what the reader lends.
enum RespValue: Equatable, Sendable {
    /// A string or a status.
    case bytes([UInt8])
    case integer(Int64)
    case array([RespValue])
    case null
    case error(String)

    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }

    var array: [RespValue]? { if case .array(let values) = self { values } else { nil } }

    /// An integer, also one that is written as a string: Lua's numbers do not hold all of them.
    var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .bytes(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        case .array, .null, .error: nil
        }
    }
}
