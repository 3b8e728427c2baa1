import Wire

/// What a `POST …/messages` says about its body and itself.
struct PublishRequest {
    let form: MessageEncoder.DataForm
    let event: [UInt8]?

    init(_ head: HTTPRequestHead) throws(HTTPError) {
        form = try Self.form(head.header("content-type"))
        event = try HTTPQuery(head.query).bytes("event")
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
