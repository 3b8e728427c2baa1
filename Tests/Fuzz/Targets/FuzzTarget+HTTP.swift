import Foundation
import TestSupport
import Wire

@testable import Server
@testable import SocketIO

extension FuzzTarget {
    static let http = [
        FuzzTarget("http-head", notation: .escaped) { input, generator in
            let whole = DecodedHead.all(in: [input], maximumSize: 300)
            for pieces in cuts(input, &generator)
            where DecodedHead.all(in: pieces, maximumSize: 300) != whole {
                return "cut into pieces it is something else"
            }
            for head in whole {
                if let error = head.error {
                    guard !error.message.isEmpty else { return "an error without words" }
                    continue
                }
                guard head.path.hasPrefix("/") || head.path == "*" else {
                    return "a path that is none: \(head.path)"
                }
                guard head.fields.allSatisfy({ $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } })
                else { return "a control character came through" }
            }
            return nil
        },
        FuzzTarget("http-body", notation: .escaped) { input, generator in
            for framing in [.chunked, .length(generator.number(0..<30))] as [HTTPRequestHead.Framing] {
                let whole = DecodedBody([input], framing, limit: 300)
                for pieces in cuts(input, &generator)
                where DecodedBody(pieces, framing, limit: 300) != whole {
                    return "cut into pieces it is something else"
                }
                guard whole.body.count <= 300, whole.used <= input.count else {
                    return "more than there may be"
                }
                if let error = whole.error, error.message.isEmpty { return "an error without words" }
            }
            return nil
        },
        FuzzTarget("http-query") { input, _ in
            guard let query = try? HTTPQuery(input) else {
                return input.contains(UInt8(ascii: "%")) || input.count > 160
                    ? nil : "refused without a reason"
            }
            let count = (query.bytes("a") ?? []).count + query.all("b").reduce(0) { $0 + $1.count }
            return count <= input.count ? nil : "more bytes than there were"
        },
        FuzzTarget("percent-encoding") { input, _ in
            guard let text = String(validating: input, as: UTF8.self) else { return nil }
            let ours = PercentEncoding.decode(input.span)
            // Foundation resolves to text only.
            if let ours, !UTF8Validator.isValid(ours.span) { return nil }
            let theirs = text.removingPercentEncoding.map { Array($0.utf8) }
            return ours == theirs ? nil : "Foundation resolves it otherwise"
        },
        FuzzTarget("http-request", notation: .escaped) { input, _ in
            guard let head = try? DecodedHead.one(input) else { return nil }
            do throws(HTTPError) {
                return try RequestMeaning.check(head)
            } catch {
                return error.message.isEmpty ? "an error without words" : nil
            }
        },
    ]
}

/// What a request's URL and fields mean, for each of those who look at them.
private enum RequestMeaning {
    static func check(_ head: HTTPRequestHead) throws(HTTPError) -> String? {
        let route = try Route(head.path)
        guard !route.methods.isEmpty else { return "a URL without methods" }
        _ = try? EngineIORequest(head)
        if case .queue = route { _ = try QueueParameters(head.query) }
        if let problem = try checkEvents(head) { return problem }
        let publish = try PublishRequest(head)
        guard publish.event.map({ UTF8Validator.isValid($0.span) && !$0.isEmpty }) ?? true else {
            return "an event that is none"
        }
        guard publish.idempotencyKey.map({ !$0.isEmpty }) ?? true else { return "a key that is none" }
        return publish.timeToLive.map({ $0 > 0 }) ?? true ? nil : "a time to live that is none"
    }

    private static func checkEvents(_ head: HTTPRequestHead) throws(HTTPError) -> String? {
        guard let events = try? EventStreamRequest(head, nil, maximum: 5) else { return nil }
        guard (1...5).contains(events.channels.count), events.since.count == events.channels.count else {
            return "not a position for each channel"
        }
        for id in events.since.compactMap(\.self) where MessageID(id.description) != id {
            return "a position that cannot be written: \(id)"
        }
        return nil
    }
}
