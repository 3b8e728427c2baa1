/// The parameters of a query, `a=1&b=2`, decoded as HTML forms encode them.
public struct HTTPQuery: Sendable {
    private var parameters: [(name: [UInt8], value: [UInt8])] = []

    /// - Throws: 400 where percent-encoding is broken, or where there are more than 64 parameters.
    public init(_ query: [UInt8]?) throws(HTTPError) {
        for part in (query ?? []).split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = PercentEncoding.decode(Array(part[..<equals]).span, plusIsSpace: true),
                let value = PercentEncoding.decode(Array(part[equals...].dropFirst()).span, plusIsSpace: true)
            else { throw .malformed("the query has a % that two hexadecimal digits do not follow") }
            guard parameters.count < 64 else { throw .malformed("the query has more than 64 parameters") }
            parameters.append((name, value))
        }
    }

    /// The first parameter of that name.
    public func bytes(_ name: String) -> [UInt8]? {
        parameters.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    public func text(_ name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }
}
