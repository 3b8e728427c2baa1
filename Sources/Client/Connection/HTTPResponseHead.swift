import Wire

/// The head of an HTTP/1.1 response: status and fields. RFC 9112 section 4.
public struct HTTPResponseHead: Equatable, Sendable {
    public struct Field: Equatable, Sendable {
        /// In lower case.
        public let name: [UInt8]
        /// Without the white space around it.
        public let value: [UInt8]
    }

    /// 100 to 999.
    public let status: Int
    /// The words behind the status, printable ASCII only; may be empty.
    public let reason: String
    public let fields: [Field]

    /// Every value of the field `name`, which must be in lower case.
    public func values(of name: StaticString) -> [[UInt8]] {
        fields.filter { $0.name.span.equals(name) }.map(\.value)
    }

    /// The only value of a field; `nil` if it is missing or stands more than once.
    public func value(of name: StaticString) -> [UInt8]? {
        let values = values(of: name)
        return values.count == 1 ? values[0] : nil
    }

    /// Whether a comma-separated list field has `token`, which must be in lower case, whatever its case there.
    public func list(_ name: StaticString, contains token: StaticString) -> Bool {
        values(of: name).contains { value in
            value.split(separator: UInt8(ascii: ",")).contains { item in
                Array(item.trimmed.map(\.asciiLowercased)).span.equals(token)
            }
        }
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

extension ArraySlice where Element == UInt8 {
    /// Without spaces and tabs at either end.
    var trimmed: ArraySlice<UInt8> {
        var slice = self
        while let first = slice.first, first == 0x20 || first == 0x09 { slice.removeFirst() }
        while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
        return slice
    }
}
