import Wire

/// Reads one HTTP/1.1 response in as many pieces as it comes (RFC 9112 section 6). A pure state machine, bounded.
struct HTTPResponseDecoder: Sendable {
    private enum State: Sendable {
        case head
        case body(HTTPResponseHead, HTTPBodyDecoder)
        /// As long as the connection: neither a length nor chunks.
        case endless(HTTPResponseHead, [UInt8])
    }

    /// The largest body taken, in bytes.
    static let maximumBody = 1 << 20

    private var parser = HTTPResponseHeadParser()
    private var state = State.head
    /// Whether the connection can carry another response after this one.
    private(set) var keepsAlive = false

    /// Takes bytes; the response once it is whole. What follows it is of no use to anyone.
    mutating func next(_ input: Span<UInt8>) throws(ClientError) -> HTTPClientResponse? {
        var position = 0
        while true {
            switch state {
            case .head:
                let head: HTTPResponseHead?
                do throws(HTTPResponseHeadError) {
                    head = try parser.parse(input, &position)
                } catch {
                    throw ClientError(error.description)
                }
                guard let head else { return nil }
                // 100 Continue and the like stand before the real one.
                parser = HTTPResponseHeadParser()
                if head.status >= 200 { try begin(head) }
            case .body(let head, var body):
                state = .head
                do throws(HTTPError) {
                    guard try body.next(input, &position) else {
                        state = .body(head, body)
                        return nil
                    }
                } catch {
                    throw ClientError("the answer's body is malformed or over \(Self.maximumBody) bytes")
                }
                if position < input.count { keepsAlive = false }
                return HTTPClientResponse(status: head.status, reason: head.reason, body: body.body)
            case .endless(let head, var body):
                state = .head
                body.append(copying: input, position..<input.count)
                guard body.count <= Self.maximumBody else {
                    throw ClientError("the answer's body is over \(Self.maximumBody) bytes")
                }
                state = .endless(head, body)
                return nil
            }
        }
    }

    /// The connection has ended in good order: the response, if that was its end.
    func end() -> HTTPClientResponse? {
        guard case .endless(let head, let body) = state else { return nil }
        return HTTPClientResponse(status: head.status, reason: head.reason, body: body)
    }

    private mutating func begin(_ head: HTTPResponseHead) throws(ClientError) {
        keepsAlive = !head.list("connection", contains: "close")
        guard let framing = try Self.framing(head) else {
            keepsAlive = false
            state = .endless(head, [])
            return
        }
        do throws(HTTPError) {
            state = .body(head, try HTTPBodyDecoder(framing, limit: Self.maximumBody))
        } catch {
            throw Self.badLength
        }
    }

    /// `nil` for a body that ends with the connection.
    private static func framing(_ head: HTTPResponseHead) throws(ClientError) -> HTTPRequestHead.Framing? {
        if head.status == 204 || head.status == 304 { return .length(0) }
        if head.list("transfer-encoding", contains: "chunked") { return .chunked }
        guard !head.values(of: "content-length").isEmpty else { return nil }
        guard let digits = head.value(of: "content-length"), !digits.isEmpty,
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let length = Int(String(decoding: digits, as: UTF8.self))
        else { throw badLength }
        return .length(length)
    }

    private static let badLength = ClientError(
        "the answer's length is malformed or over \(maximumBody) bytes")
}
