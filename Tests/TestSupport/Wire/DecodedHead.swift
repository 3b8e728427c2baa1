import Wire

/// What a head decoder found: comparable however its input was cut.
public struct DecodedHead: Equatable {
    public var error: HTTPError?
    public var method = ""
    public var path = ""
    public var query: [UInt8]?
    public var minorVersion = 1
    public var framing = HTTPRequestHead.Framing.length(0)
    public var keepsAlive = true
    public var expectsContinue = false
    /// Names and values by turns.
    public var fields: [[UInt8]] = []

    private init(_ head: HTTPRequestHead) {
        method = head.method
        path = String(decoding: head.path, as: UTF8.self)
        query = head.query
        minorVersion = head.minorVersion
        framing = head.framing
        keepsAlive = head.keepsAlive
        expectsContinue = head.expectsContinue
        fields = head.fields.flatMap { [$0.name, $0.value] }.map { Array(head.bytes[$0]) }
    }

    private init(_ error: HTTPError) { self.error = error }

    /// All heads of a stream that arrives in these pieces, up to the first error. Bodies are not looked for.
    public static func all(in pieces: [[UInt8]], maximumSize: Int = 4096) -> [DecodedHead] {
        var decoder = HTTPHeadDecoder(maximumSize: maximumSize)
        var heads: [DecodedHead] = []
        for piece in pieces {
            var position = 0
            do throws(HTTPError) {
                while let head = try decoder.next(piece.span, &position) { heads.append(DecodedHead(head)) }
            } catch {
                return heads + [DecodedHead(error)]
            }
            precondition(position == piece.count, "input is needed though there is some")
        }
        return heads
    }

    /// The head that is all there is.
    public static func one(_ bytes: [UInt8]) throws(HTTPError) -> HTTPRequestHead {
        var decoder = HTTPHeadDecoder(maximumSize: 64 * 1024)
        var position = 0
        guard let head = try decoder.next(bytes.span, &position), position == bytes.count else {
            throw HTTPError(.internalServerError, .internalError, "not one whole head")
        }
        return head
    }
}
