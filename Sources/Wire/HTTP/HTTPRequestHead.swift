/// A request's line and header fields, whole and valid (RFC 9112). Owns its bytes.
public struct HTTPRequestHead: Sendable {
    /// How the body's end is found, RFC 9112 section 6.
    public enum Framing: Equatable, Sendable {
        case length(Int)
        case chunked
    }

    package struct Field: Sendable {
        package let name: Range<Int>
        package let value: Range<Int>
    }

    /// The head as it came, to its empty line.
    public let bytes: [UInt8]
    package let fields: [Field]

    public let method: String
    /// The path as sent, percent-encoding and all, without query; begins with `/`, or is `*`.
    public let path: [UInt8]
    /// What follows the `?`, as sent; `nil` without one.
    public let query: [UInt8]?
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    public let minorVersion: Int
    public let framing: Framing
    /// The connection may carry another request after this one.
    public let keepsAlive: Bool
    /// The client waits for `100 Continue` before it sends the body.
    public let expectsContinue: Bool

    init(
        bytes: [UInt8], fields: [Field], method: String, path: [UInt8], query: [UInt8]?, minorVersion: Int
    ) throws(HTTPError) {
        self.bytes = bytes
        self.fields = fields
        self.method = method
        self.path = path
        self.query = query
        self.minorVersion = minorVersion
        framing = try Self.framing(bytes, fields, minorVersion)
        let connection = Self.tokens("connection", bytes, fields)
        // HTTP/1.0 connections end with their response: keeping them alive is an extension that 1.1 made needless.
        keepsAlive = minorVersion == 1 && !connection.contains("close")
        if let expect = Self.value("expect", bytes, fields) {
            guard expect.lowercased() == "100-continue" else {
                throw HTTPError(
                    .expectationFailed, .badRequest, "the only expectation that can be met is 100-continue")
            }
            expectsContinue = minorVersion == 1
        } else {
            expectsContinue = false
        }
    }

    public var hasBody: Bool { framing != .length(0) }

    /// The first field of that name (given in lower case), as text; not UTF-8 is repaired with U+FFFD.
    public func header(_ name: String) -> String? { Self.value(name, bytes, fields) }

    /// Every field of that name (given in lower case), in their order, as sent.
    public func values(_ name: String) -> [ArraySlice<UInt8>] {
        Self.values(name, bytes, fields).map { bytes[$0] }
    }

    /// A list-valued field, split at commas over all its occurrences, trimmed, in lower case.
    public func tokens(_ name: String) -> [String] { Self.tokens(name, bytes, fields) }

    static func values(_ name: String, _ bytes: [UInt8], _ fields: [Field]) -> [Range<Int>] {
        fields.filter { $0.name.count == name.utf8.count && isName(name, $0.name, bytes) }.map(\.value)
    }

    private static func value(_ name: String, _ bytes: [UInt8], _ fields: [Field]) -> String? {
        values(name, bytes, fields).first.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    private static func isName(_ name: String, _ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
        zip(name.utf8, bytes[range]).allSatisfy { wanted, byte in
            wanted == (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte)
        }
    }

    private static func tokens(_ name: String, _ bytes: [UInt8], _ fields: [Field]) -> [String] {
        values(name, bytes, fields).flatMap { range in
            bytes[range].split(separator: UInt8(ascii: ",")).map { part in
                String(decoding: part.trimmingOptionalWhitespace(), as: UTF8.self).lowercased()
            }
        }
    }

    /// Everything ambiguous about the body's end is refused: it is how requests are smuggled past proxies
    /// (RFC 9112 section 11.2).
    private static func framing(
        _ bytes: [UInt8], _ fields: [Field], _ minorVersion: Int
    ) throws(HTTPError) -> Framing {
        let lengths = values("content-length", bytes, fields)
        let codings = values("transfer-encoding", bytes, fields)
        guard lengths.count <= 1 else { throw .malformed("more than one Content-Length") }
        if !codings.isEmpty {
            guard lengths.isEmpty else { throw .malformed("both Content-Length and Transfer-Encoding") }
            guard minorVersion == 1 else { throw .malformed("Transfer-Encoding in an HTTP/1.0 request") }
            guard codings.count == 1, tokens("transfer-encoding", bytes, fields) == ["chunked"] else {
                throw HTTPError(
                    .notImplemented, .badRequest, "the only Transfer-Encoding accepted is chunked")
            }
            return .chunked
        }
        guard let range = lengths.first else { return .length(0) }
        var length = 0
        guard !range.isEmpty, range.count <= 18 else { throw .malformed("Content-Length must be a number") }
        for byte in bytes[range] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                throw .malformed("Content-Length must be a number")
            }
            // At most 18 digits: below 2^63.
            length = length * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return .length(length)
    }
}

extension RandomAccessCollection where Element == UInt8, SubSequence == Self {
    /// Without the spaces and tabs around it (RFC 9110 section 5.6.3).
    func trimmingOptionalWhitespace() -> Self {
        var rest = self
        while let first = rest.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return rest
    }
}
