import Wire

/// What became of an HTTP body: comparable however its input was cut.
public struct DecodedBody: Equatable {
    public var body: [UInt8] = []
    public var isComplete = false
    /// How many bytes were used.
    public var used = 0
    public var error: HTTPError?

    public init(body: [UInt8] = [], isComplete: Bool = false, used: Int = 0) {
        self.body = body
        self.isComplete = isComplete
        self.used = used
    }

    /// Decodes a body that arrives in these pieces.
    public init(
        _ pieces: [[UInt8]], _ framing: HTTPRequestHead.Framing = .chunked, limit: Int = 1000
    ) {
        do throws(HTTPError) {
            var decoder = try HTTPBodyDecoder(framing, limit: limit)
            for piece in pieces where !isComplete {
                var position = 0
                isComplete = try decoder.next(piece.span, &position)
                used += position
                precondition(isComplete || position == piece.count, "input is needed though there is some")
            }
            body = decoder.body
        } catch {
            self.error = error
        }
    }

    /// All that a client can see: what was gathered before an error does not count.
    public static func == (left: DecodedBody, right: DecodedBody) -> Bool {
        if left.error != nil || right.error != nil { return left.error == right.error }
        return left.body == right.body && left.isComplete == right.isComplete && left.used == right.used
    }
}
