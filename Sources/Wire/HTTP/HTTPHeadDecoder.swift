/// Finds and decodes request heads in a stream of bytes, strictly (RFC 9112 sections 2 to 5). A pure state machine.
public struct HTTPHeadDecoder: Sendable {
    /// The most header fields in one request.
    public static let maximumFieldCount = 100

    private let maximumSize: Int
    /// A head's bytes so far, when it did not come in one read.
    private var partial: [UInt8] = []
    /// How far into CR LF CR LF the last bytes are.
    private var lineEnds = LineEnds.none
    /// A carriage return has come where a request line should begin: an empty line, if a line feed follows.
    private var isBlankLine = false

    private enum LineEnds {
        case none
        case carriageReturn
        case line
        case lineAndCarriageReturn
    }

    /// - Parameter maximumSize: of request line and fields together, in bytes, at least 1: 414 or 431 beyond it.
    public init(maximumSize: Int) { self.maximumSize = maximumSize }

    /// Whether a head has begun and not ended.
    public var isPartial: Bool { !partial.isEmpty }

    /// The next head in `input` from `position` on, which moves past it; `nil` when more bytes are needed.
    ///
    /// What can be no request is refused at its first wrong byte, rather than after a timeout: TLS, another
    /// protocol, bare line feeds. What comes of a stream does not depend on how it is cut into inputs.
    public mutating func next(
        _ input: Span<UInt8>, _ position: inout Int
    ) throws(HTTPError) -> HTTPRequestHead? {
        if partial.isEmpty {
            try skipBlankLines(input, &position)
            guard position < input.count else { return nil }
            guard Self.isToken(input[position]) else {
                throw .malformed("the request line must begin with a method")
            }
        }
        let start = position
        let limit = min(input.count, start + maximumSize - partial.count)
        while position < limit {
            position += 1
            guard try isEnd(input[position - 1]) else { continue }
            partial.append(copying: input, start..<position)
            let bytes = partial
            partial = []
            lineEnds = .none
            return try Self.decode(bytes)
        }
        partial.append(copying: input, start..<position)
        if partial.count == maximumSize { throw Self.tooLarge(partial, maximumSize) }
        return nil
    }

    /// Empty lines before a request line are skipped, RFC 9112 section 2.2.
    private mutating func skipBlankLines(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPError) {
        while position < input.count {
            if isBlankLine {
                guard input[position] == 0x0A else { throw .malformed("lines must end with CR LF") }
                isBlankLine = false
            } else {
                guard input[position] == 0x0D else { return }
                isBlankLine = true
            }
            position += 1
        }
    }

    /// Whether a head ends with this byte, the next one of it.
    private mutating func isEnd(_ byte: UInt8) throws(HTTPError) -> Bool {
        switch byte {
        case 0x0D:
            lineEnds = lineEnds == .line ? .lineAndCarriageReturn : .carriageReturn
        case 0x0A:
            switch lineEnds {
            case .carriageReturn: lineEnds = .line
            case .lineAndCarriageReturn: return true
            case .none, .line: throw .malformed("lines must end with CR LF")
            }
        default:
            lineEnds = .none
        }
        return false
    }

    private static func tooLarge(_ bytes: [UInt8], _ maximumSize: Int) -> HTTPError {
        if bytes.contains(0x0A) {
            return HTTPError(
                .requestHeaderFieldsTooLarge, .tooLarge, .requestHead,
                "the request head may have at most \(maximumSize) bytes")
        }
        return HTTPError(
            .uriTooLong, .tooLarge, .requestHead, "the request line may have at most \(maximumSize) bytes")
    }

    private static func decode(_ bytes: [UInt8]) throws(HTTPError) -> HTTPRequestHead {
        guard let lineEnd = bytes.firstIndex(of: 0x0D) else { throw .malformed("lines must end with CR LF") }
        let line = try HTTPRequestLine(bytes[..<lineEnd])
        guard bytes[lineEnd + 1] == 0x0A else { throw .malformed("a carriage return inside a line") }
        var fields: [HTTPRequestHead.Field] = []
        var index = lineEnd + 2
        while bytes[index] != 0x0D {
            guard fields.count < maximumFieldCount else {
                throw HTTPError(
                    .requestHeaderFieldsTooLarge, .tooLarge,
                    "a request may have at most \(maximumFieldCount) header fields")
            }
            fields.append(try decodeField(bytes, &index))
        }
        guard index == bytes.count - 2 else { throw .malformed("a carriage return inside a line") }
        let hosts = HTTPRequestHead.values("host", bytes, fields)
        guard hosts.count == 1 || (hosts.isEmpty && line.minorVersion == 0) else {
            throw .malformed("exactly one Host header is needed")
        }
        return try HTTPRequestHead(
            bytes: bytes, fields: fields, method: line.method, path: line.path, query: line.query,
            minorVersion: line.minorVersion)
    }

    /// `name ":" OWS value OWS CRLF`, RFC 9112 section 5: no space before the colon, no folding.
    private static func decodeField(
        _ bytes: [UInt8], _ index: inout Int
    ) throws(HTTPError) -> HTTPRequestHead.Field {
        let start = index
        // The head ends with CR LF CR LF, so these scans stop inside it.
        while isToken(bytes[index]) { index += 1 }
        guard index > start, bytes[index] == UInt8(ascii: ":") else {
            throw .malformed("a header field must be a name, a colon at once, and a value")
        }
        let name = start..<index
        index += 1
        while bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        let valueStart = index
        while bytes[index] >= 0x20 && bytes[index] != 0x7F || bytes[index] == 0x09 { index += 1 }
        guard bytes[index] == 0x0D, bytes[index + 1] == 0x0A else {
            throw .malformed("a control character in a header field")
        }
        var valueEnd = index
        while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 {
            valueEnd -= 1
        }
        index += 2
        return HTTPRequestHead.Field(name: name, value: valueStart..<valueEnd)
    }

    /// `tchar`, RFC 9110 section 5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
