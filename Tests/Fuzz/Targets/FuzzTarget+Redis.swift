import Broker
import EventLoop
import TestSupport
import Wire

@testable import Redis

extension FuzzTarget {
    static let redis = [
        FuzzTarget("resp", notation: .escaped) { input, generator in
            let whole = Replies([input])
            for pieces in cuts(input, &generator) where Replies(pieces) != whole {
                return "cut into pieces it is something else"
            }
            return whole.error?.isEmpty == true ? "an error without words" : nil
        },
        FuzzTarget("redis-url") { input, _ in
            let text = String(decoding: input, as: UTF8.self)
            do throws(RedisURLError) {
                let settings = try RedisSettings(url: text)
                switch settings.endpoint {
                case .tcp(let host, let port):
                    guard !host.isEmpty, port > 0, !host.utf8.contains(0) else { return "no place to go" }
                case .unix(let path):
                    guard path.hasPrefix("/"), !path.utf8.contains(0) else { return "no place to go" }
                }
                guard settings.database >= 0, settings.sentinel?.endpoints.isEmpty != true else {
                    return "a database or a master that is none"
                }
                return settings.address.isEmpty ? "an address without words" : nil
            } catch {
                return error.reason.isEmpty ? "an error without words" : nil
            }
        },
        FuzzTarget("glob", count: 6_000, notation: .escaped) { input, generator in
            Globs.check(input, &generator)
        },
    ]
}

/// All that a reader finds.
private struct Replies: Equatable {
    var values: [RespValue] = []
    var error: String?

    init(_ pieces: [[UInt8]]) {
        let reader = RespReader()
        do throws(RespError) {
            for piece in pieces {
                try reader.feed(piece.span)
                while try reader.next({ values.append(Self.value($0)) }) {}
            }
        } catch {
            self.error = error.description
        }
    }

    /// Its copy, after every way to look at it has been tried.
    private static func value(_ reply: borrowing RespReply) -> RespValue {
        let value = reply.value
        var bytes = 0
        reply.withBytes { bytes += $0.count }
        for index in 0..<min(reply.count, 16) {
            reply.withBytes(of: index) { bytes += $0.count }
            reply.withBytes(of: index, after: 2) { bytes += $0.count }
        }
        reply.withBytes(of: reply.count) { precondition($0.isEmpty, "bytes of an element that is not there") }
        precondition(value.array.map { $0.count == reply.count } ?? (reply.count == 0), "not all elements")
        return value
    }
}

/// An input is two patterns and a name, with zero bytes between.
private enum Globs {
    static func check(_ input: [UInt8], _ generator: inout SeededGenerator) -> String? {
        let parts = input.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            .map { Array($0.prefix(40)) }
        let outer = parts[0]
        let inner = parts.count > 1 ? parts[1] : outer
        let name = parts.count > 2 ? parts[2] : inner
        let escaped = GlobPattern.escaped(name)
        guard GlobPattern.matches(escaped.span, name.span) else { return "escaped it is not matched" }
        var other = name
        if !other.isEmpty { other[generator.number(0..<other.count)] = generator.byte() }
        guard other == name || !GlobPattern.matches(escaped.span, other.span) else {
            return "escaped it matches \(other)"
        }
        guard GlobPattern.covers(outer.span, inner.span) else { return nil }
        for _ in 0..<20 {
            var name = name
            // Names that look like the patterns, so that many match.
            for _ in 0..<generator.number(0..<4) where !name.isEmpty {
                name[generator.number(0..<name.count)] =
                    generator.isOne(in: 3) ? generator.byte() : generator.pick(inner + [0x61])
            }
            if GlobPattern.matches(inner.span, name.span), !GlobPattern.matches(outer.span, name.span) {
                return "\(outer) is said to cover \(inner), and does not match \(name)"
            }
        }
        return nil
    }
}
