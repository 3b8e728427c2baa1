import TestSupport
import Wire

@testable import Client

extension FuzzTarget {
    /// What servers say to the commands, and what users say about servers.
    static let client = [
        FuzzTarget("http-response", notation: .escaped) { input, generator in
            let whole = Answer([input])
            for pieces in cuts(input, &generator) where Answer(pieces) != whole {
                return "cut into pieces it is something else"
            }
            if whole.error?.description.isEmpty == true { return "an error without words" }
            guard let response = whole.response else { return nil }
            guard (200...999).contains(response.status) else { return "a status that is none" }
            return response.error.map { isSingleLine($0.description) ? nil : "an error of several lines" }
                ?? nil
        },
        FuzzTarget("server-frame", count: 20_000) { input, _ in ServerFrames.check(input) },
        FuzzTarget("server-url") { input, _ in
            let text = String(decoding: input, as: UTF8.self)
            do throws(ServerURLError) {
                let url = try ServerURL(parsing: text)
                let again = try ServerURL(parsing: url.description)
                return again == url ? nil : "written again it is \(again)"
            } catch {
                return error.description.isEmpty ? "an error without words" : nil
            }
        },
    ]

    fileprivate static func isSingleLine(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }
}

/// What a client makes of an answer. Whether the connection can be used again depends on what has come behind it, and so on
/// how it is cut.
private struct Answer: Equatable {
    var response: HTTPClientResponse?
    var error: ClientError?

    init(_ pieces: [[UInt8]]) {
        var decoder = HTTPResponseDecoder()
        do throws(ClientError) {
            for piece in pieces {
                response = try decoder.next(piece.span)
                if response != nil { return }
            }
            response = decoder.end()
        } catch {
            self.error = error
        }
    }
}

private enum ServerFrames {
    static func check(_ input: [UInt8]) -> String? {
        // What a user sees of an answer over HTTP.
        do throws(ClientError) {
            _ = try QueueStatus.lines(input)
        } catch {
            guard !error.description.isEmpty else { return "an error without words" }
        }
        if let body = ServerErrorBody(input), !FuzzTarget.isSingleLine(body.code + body.message) {
            return "an error of several lines"
        }
        do throws(JSONError) {
            return try check(ServerFrame(input.span), input)
        } catch {
            return error.reason.isEmpty ? "an error without words" : nil
        }
    }

    private static func check(_ frame: ServerFrame, _ input: [UInt8]) -> String? {
        _ = MessageHead(input.span)
        switch frame {
        case .message(let data, let isBinary):
            guard (try? JSON.validate(input[data.range].span)) != nil else { return "data that is not JSON" }
            var text: [UInt8] = []
            MessageText.append(data, isBinary: isBinary, in: input.span, to: &text)
            return isBinary || UTF8Validator.isValid(text.span) ? nil : "text that is not UTF-8"
        case .error(let code, let text, _):
            return FuzzTarget.isSingleLine(code + text) ? nil : "an error of several lines"
        case .history(let answer):
            return (try? JSON.validate(input[answer.messages].span))?.kind == .array
                ? nil : "messages that are no array"
        case .job(let job):
            return job.id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && job.retryDelay > 0 ? nil : "a bad job"
        default: return nil
        }
    }
}
