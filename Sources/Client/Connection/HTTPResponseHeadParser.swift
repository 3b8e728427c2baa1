import Wire

/// Reads the head of one HTTP/1.1 response, in as many pieces as it comes. A pure state machine, strict (RFC 9112:
/// CRLF line ends, no folded lines, no control characters) and bounded. After an error it must not be used again.
public struct HTTPResponseHeadParser: Sendable {
    /// The largest head, in bytes.
    public static let maximumSize = 16 * 1024
    public static let maximumFields = 100

    private var buffer: [UInt8] = []
    /// How many bytes of `\r\n\r\n` the end of `buffer` matches.
    private var matched = 0

    public init() {}

    /// Takes bytes from `position` on, which moves behind what was used: the head's end when a head is returned, else
    /// the input's end.
    public mutating func parse(
        _ input: Span<UInt8>, _ position: inout Int
    ) throws(HTTPResponseHeadError) -> HTTPResponseHead? {
        while position < input.count {
            let byte = input[position]
            position += 1
            guard buffer.count < Self.maximumSize else { throw .tooLarge }
            buffer.append(byte)
            switch (byte, matched) {
            case (0x0D, 0), (0x0A, 1), (0x0D, 2): matched += 1
            case (0x0A, 3): return try head()
            case (0x0A, _): throw .malformed("a line end that is not CRLF")
            case (_, 1), (_, 3): throw .malformed("a carriage return inside a line")
            default: matched = 0
            }
            // What is not HTTP is found out at its first bytes, not after 16 KiB of it.
            guard buffer.count > 7 || byte == Self.start[buffer.count - 1] else {
                throw buffer[0] == Self.alert ? .isTLS : .notHTTP
            }
        }
        return nil
    }

    /// What a TLS server begins with when it is not spoken to in TLS: the content type of alerts, RFC 8446 section B.1.
    private static let alert: UInt8 = 21

    private static let start = Array("HTTP/1.".utf8)

    private func head() throws(HTTPResponseHeadError) -> HTTPResponseHead {
        // The loop above made sure of CRLF ends and of the empty line.
        var lines = buffer.split(separator: 0x0A).map { $0.dropLast() }
        lines.removeLast()
        guard let first = lines.first else { throw .notHTTP }
        let (status, reason) = try Self.statusLine(Array(first))
        guard lines.count - 1 <= Self.maximumFields else { throw .tooManyFields }
        var fields: [HTTPResponseHead.Field] = []
        for line in lines.dropFirst() { fields.append(try Self.field(line)) }
        return HTTPResponseHead(status: status, reason: reason, fields: fields)
    }

    /// `HTTP/1.x SSS reason`
    private static func statusLine(
        _ line: [UInt8]
    ) throws(HTTPResponseHeadError) -> (status: Int, reason: String) {
        guard line.count >= 12, line[7] == UInt8(ascii: "0") || line[7] == UInt8(ascii: "1"), line[8] == 0x20
        else {
            throw .malformed("the status line")
        }
        var status = 0
        for digit in line[9..<12] {
            guard digit >= 0x30, digit <= 0x39 else { throw .malformed("the status") }
            status = status * 10 + Int(digit - 0x30)
        }
        guard status >= 100, line.count == 12 || line[12] == 0x20 else { throw .malformed("the status") }
        let reason = line.dropFirst(13).filter { $0 >= 0x20 && $0 < 0x7F }
        return (status, String(decoding: reason, as: UTF8.self))
    }

    private static func field(_ line: ArraySlice<UInt8>) throws(HTTPResponseHeadError)
        -> HTTPResponseHead.Field
    {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
            throw .malformed("a field without a name")
        }
        let name = line[..<colon]
        guard name.allSatisfy(isTokenCharacter) else { throw .malformed("a field's name") }
        let value = line[(colon + 1)...].trimmed
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .malformed("a control character in a field")
        }
        return HTTPResponseHead.Field(name: name.map(\.asciiLowercased), value: Array(value))
    }

    /// `tchar`, RFC 9110 section 5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
