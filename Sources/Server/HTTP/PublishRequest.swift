import Wire

/// What a `POST …/messages` says about its body and itself.
struct PublishRequest {
    let form: MessageEncoder.DataForm
    let event: [UInt8]?
    let idempotencyKey: [UInt8]?
    /// Milliseconds.
    let timeToLive: Int64?

    init(_ head: HTTPRequestHead) throws(HTTPError) {
        try Self.requireNoCoding(head)
        form = try Self.form(head.header("content-type"))
        let query = try HTTPQuery(head.query)
        event = query.bytes("event")
        idempotencyKey = try Self.idempotencyKey(head)
        timeToLive = try query.duration("ttl", .seconds(1) ... .seconds(NativeDecoder.maximumTimeToLive))
        if let event {
            guard !event.isEmpty, event.count <= NativeDecoder.maximumEventLength,
                UTF8Validator.isValid(event.span)
            else {
                throw HTTPError(
                    .badRequest, .badRequest,
                    "'event' must be 1 to \(NativeDecoder.maximumEventLength) bytes of UTF-8")
            }
        }
    }

    static func idempotencyKey(_ head: HTTPRequestHead) throws(HTTPError) -> [UInt8]? {
        guard let key = head.header("idempotency-key").map({ Array($0.utf8) }) else { return nil }
        guard (1...NativeDecoder.maximumKeyLength).contains(key.count) else {
            throw HTTPError(
                .badRequest, .badRequest,
                "Idempotency-Key must be 1 to \(NativeDecoder.maximumKeyLength) bytes")
        }
        return key
    }

    /// Where the data lies in the body, which must be what its type says.
    func data(in body: [UInt8]) throws(HTTPError) -> Range<Int> {
        switch form {
        case .json:
            do throws(JSONError) {
                return try JSON.validate(body.span).range
            } catch {
                throw HTTPError(.badRequest, .badJSON, "the body is \(error)")
            }
        case .text:
            guard UTF8Validator.isValid(body.span) else {
                throw HTTPError(
                    .badRequest, .badRequest,
                    "the body is not valid UTF-8; send bytes as application/octet-stream")
            }
        case .binary: break
        }
        return body.indices
    }

    /// A body is what it is: nothing is expanded (RFC 9110 section 8.4), and nothing compressed passes for data.
    private static func requireNoCoding(_ head: HTTPRequestHead) throws(HTTPError) {
        guard !head.tokens("content-encoding").allSatisfy({ $0 == "identity" }) else { return }
        throw HTTPError(
            .unsupportedMediaType, .unsupportedMediaType,
            "a body with a Content-Encoding is not accepted; send it uncompressed",
            headers: [HTTPHeader("Accept-Encoding", "identity")])
    }

    private static func form(_ type: String?) throws(HTTPError) -> MessageEncoder.DataForm {
        let essence = (type ?? "text/plain").split(separator: ";").first.map { part in
            String(part.filter { $0 != " " && $0 != "\t" }).lowercased()
        }
        switch essence {
        // What curl sends unless told otherwise is taken for the text that it is.
        case "text/plain", "application/x-www-form-urlencoded": return .text
        case "application/json": return .json
        case "application/octet-stream": return .binary
        default:
            throw HTTPError(
                .unsupportedMediaType, .unsupportedMediaType,
                "accepted are text/plain, application/json and application/octet-stream")
        }
    }
}
