/// Gathers a request's body, by length or chunked (RFC 9112 sections 6 and 7). A pure state machine.
public struct HTTPBodyDecoder: Sendable {
    private enum State: Sendable {
        case length(remaining: Int)
        case chunkSize(value: Int, digits: Int)
        case chunkExtension(value: Int)
        case chunkSizeLineFeed(value: Int)
        case chunk(remaining: Int)
        case chunkCarriageReturn
        case chunkLineFeed
        case trailer(isLineEmpty: Bool)
        case trailerLineFeed(isLineEmpty: Bool)
        case complete
    }

    /// Chunk extensions and trailers are read over, up to this many bytes of them.
    public static let maximumOverhead = 4096

    /// The body so far.
    public private(set) var body: [UInt8] = []
    private var state: State
    private var overhead = 0
    private let limit: Int
    private let name: Limit?

    /// - Parameters:
    ///   - limit: the most bytes of body; more is a 413.
    ///   - name: which limit that is, if it is one of the settings.
    public init(_ framing: HTTPRequestHead.Framing, limit: Int, _ name: Limit? = nil) throws(HTTPError) {
        self.limit = limit
        self.name = name
        switch framing {
        case .length(let length):
            state = .length(remaining: length)
            guard length <= limit else { throw tooLarge }
            body.reserveCapacity(length)
        case .chunked:
            state = .chunkSize(value: 0, digits: 0)
        }
    }

    /// Takes what belongs to the body from `position` on, which moves past it; whether the body is complete.
    public mutating func next(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPError) -> Bool {
        while true {
            switch state {
            case .length(let remaining):
                let taken = take(remaining, input, &position)
                state = taken == remaining ? .complete : .length(remaining: remaining - taken)
                guard taken == remaining else { return false }
            case .chunk(let remaining):
                let taken = take(remaining, input, &position)
                state = taken == remaining ? .chunkCarriageReturn : .chunk(remaining: remaining - taken)
                guard taken == remaining else { return false }
            case .complete:
                return true
            default:
                guard position < input.count else { return false }
                try step(input[position])
                position += 1
            }
        }
    }

    private mutating func take(_ wanted: Int, _ input: Span<UInt8>, _ position: inout Int) -> Int {
        let taken = min(wanted, input.count - position)
        body.append(copying: input, position..<(position + taken))
        position += taken
        return taken
    }

    /// One byte of the chunked coding's own syntax.
    private mutating func step(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .chunkSize(let value, let digits):
            if let digit = hexadecimalDigit(byte) {
                guard digits < 15 else { throw tooLarge }
                state = .chunkSize(value: value << 4 | Int(digit), digits: digits + 1)
            } else if digits == 0 {
                throw .malformed("a chunk must begin with its size in hexadecimal")
            } else if byte == 0x0D {
                state = .chunkSizeLineFeed(value: value)
            } else if byte == UInt8(ascii: ";") {
                state = .chunkExtension(value: value)
            } else {
                throw .malformed("a chunk must begin with its size in hexadecimal")
            }
        case .chunkExtension(let value):
            try countOverhead()
            if byte == 0x0D {
                state = .chunkSizeLineFeed(value: value)
            } else if byte < 0x20 && byte != 0x09 || byte == 0x7F {
                throw .malformed("a control character in a chunk extension")
            }
        case .chunkSizeLineFeed(let value):
            try expect(0x0A, byte)
            guard value <= limit - body.count else { throw tooLarge }
            state = value == 0 ? .trailer(isLineEmpty: true) : .chunk(remaining: value)
        case .chunkCarriageReturn:
            try expect(0x0D, byte)
            state = .chunkLineFeed
        case .chunkLineFeed:
            try expect(0x0A, byte)
            state = .chunkSize(value: 0, digits: 0)
        case .trailer(let isLineEmpty):
            try countOverhead()
            if byte == 0x0D {
                state = .trailerLineFeed(isLineEmpty: isLineEmpty)
            } else if byte == 0x0A {
                throw .malformed("lines must end with CR LF")
            } else {
                state = .trailer(isLineEmpty: false)
            }
        case .trailerLineFeed(let isLineEmpty):
            try expect(0x0A, byte)
            state = isLineEmpty ? .complete : .trailer(isLineEmpty: true)
        case .length, .chunk, .complete: break
        }
    }

    private mutating func countOverhead() throws(HTTPError) {
        overhead += 1
        guard overhead <= Self.maximumOverhead else {
            throw HTTPError(
                .requestHeaderFieldsTooLarge, .tooLarge,
                "chunk extensions and trailers may have at most \(Self.maximumOverhead) bytes")
        }
    }

    private func expect(_ wanted: UInt8, _ byte: UInt8) throws(HTTPError) {
        guard byte == wanted else { throw .malformed("a chunk must end with CR LF") }
    }

    private var tooLarge: HTTPError {
        let words = "the request body may have at most \(limit) bytes"
        guard let name else { return HTTPError(.contentTooLarge, .tooLarge, words) }
        return HTTPError(.contentTooLarge, .tooLarge, name, words)
    }
}
