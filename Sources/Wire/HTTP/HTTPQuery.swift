/// The parameters of a query, `a=1&b=2`, decoded as HTML forms encode them.
public struct HTTPQuery: Sendable {
    /// As many as an event stream may have channels, and some.
    private static let maximumCount = 160

    private var parameters: [(name: [UInt8], value: [UInt8])] = []

    /// - Throws: 400 where percent-encoding is broken, or where there are more than 160 parameters.
    public init(_ query: [UInt8]?) throws(HTTPError) {
        for part in (query ?? []).split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = PercentEncoding.decode(Array(part[..<equals]).span, plusIsSpace: true),
                let value = PercentEncoding.decode(Array(part[equals...].dropFirst()).span, plusIsSpace: true)
            else { throw .malformed("the query has a % that two hexadecimal digits do not follow") }
            guard parameters.count < Self.maximumCount else {
                throw .malformed("the query has more than \(Self.maximumCount) parameters")
            }
            parameters.append((name, value))
        }
    }

    /// The first parameter of that name.
    public func bytes(_ name: String) -> [UInt8]? {
        parameters.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    /// All parameters of that name, in order.
    public func all(_ name: String) -> [[UInt8]] {
        parameters.filter { $0.name.elementsEqual(name.utf8) }.map(\.value)
    }

    public func text(_ name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }
}
