import EventLoop
import Redis
import Wire

/// How values of one kind are written: read from text, printed again, and described to whoever got it wrong.
///
/// What `print` gives, `parse` reads as the same value once YAML's quotes are off, except where `print` hides a password.
struct ValueFormat<Value: Sendable>: Sendable {
    /// Follows "accepted:" in an error message.
    let accepted: String
    let parse: @Sendable (String) throws(InvalidValue) -> Value
    let print: @Sendable (Value) -> String
}

// MARK: - Numbers

extension ValueFormat<Int> {
    static func count(_ range: ClosedRange<Int>) -> Self {
        ValueFormat(
            accepted: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text throws(InvalidValue) in
                guard let number = Digits.number(text) else { throw InvalidValue("is not a whole number") }
                return try Digits.check(number, within: range, { "\($0)" })
            },
            print: { "\($0)" })
    }

    /// Bytes: `65536`, or with a binary unit, `64KiB`.
    static func size(_ range: ClosedRange<Int>) -> Self {
        ValueFormat(
            accepted:
                "a number of bytes, plain or with KiB, MiB or GiB, from \(ByteSize.text(range.lowerBound)) "
                + "to \(ByteSize.text(range.upperBound))",
            parse: { text throws(InvalidValue) in
                try Digits.check(try ByteSize.parse(text), within: range, ByteSize.text)
            },
            print: ByteSize.text)
    }
}

extension ValueFormat<Duration> {
    /// A time: `500ms`, `10s`, `5m`, `24h`.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        ValueFormat(
            accepted: "a number with ms, s, m, h or d, from \(TimeSpan.text(range.lowerBound)) "
                + "to \(TimeSpan.text(range.upperBound))",
            parse: { text throws(InvalidValue) in
                try Digits.check(try TimeSpan.parse(text), within: range, TimeSpan.text)
            },
            print: TimeSpan.text)
    }
}

extension ValueFormat<Int64> {
    /// A time, as milliseconds.
    static func milliseconds(_ range: ClosedRange<Duration>) -> Self {
        let format = ValueFormat<Duration>.duration(range)
        return ValueFormat(
            accepted: format.accepted,
            parse: { text throws(InvalidValue) in Int64(clamping: try format.parse(text).milliseconds) },
            print: { format.print(.milliseconds($0)) })
    }
}

extension ValueFormat {
    /// `auto` for a value that the server finds by itself, else as `format` has it.
    static func automatic<Wrapped>(_ format: ValueFormat<Wrapped>) -> Self where Value == Wrapped? {
        word("auto", or: format)
    }

    /// `none` for no limit, else as `format` has it.
    static func limited<Wrapped>(_ format: ValueFormat<Wrapped>) -> Self where Value == Wrapped? {
        word("none", or: format)
    }

    /// A word for `nil`.
    private static func word<Wrapped>(_ word: String, or format: ValueFormat<Wrapped>) -> Self
    where Value == Wrapped? {
        ValueFormat(
            accepted: "\(word), or \(format.accepted)",
            parse: { text throws(InvalidValue) in text == word ? nil : try format.parse(text) },
            print: { $0.map(format.print) ?? word })
    }
}

// MARK: - Words

extension ValueFormat<Bool> {
    static var boolean: Self {
        ValueFormat(
            accepted: "true or false",
            parse: { text throws(InvalidValue) in
                switch text {
                case "true": true
                case "false": false
                default: throw InvalidValue("is neither")
                }
            },
            print: { $0 ? "true" : "false" })
    }
}

extension ValueFormat<[UInt8]> {
    /// A glob pattern for names, printed in quotes.
    static var pattern: Self {
        ValueFormat(
            accepted: "a glob pattern of 1 to \(ChannelName.maximumLength) bytes, such as \"room:*\"",
            parse: { text throws(InvalidValue) in
                do throws(ChannelNameError) {
                    return try ChannelName(validating: text).bytes
                } catch {
                    throw InvalidValue(reason(error))
                }
            },
            print: { YAMLText.quoted(String(decoding: $0, as: UTF8.self)) })
    }

    static func reason(_ error: ChannelNameError) -> String {
        switch error {
        case .empty: "is empty"
        case .tooLong(let count): "has \(count) bytes"
        case .notUTF8: "is not UTF-8"
        case .controlCharacter: "has a control character"
        case .reserved: "begins with '\(ChannelName.reservedPrefix)', which is reserved"
        }
    }
}

extension ValueFormat<ChannelName> {
    static var channel: Self {
        ValueFormat(
            accepted: "a channel's name, 1 to \(ChannelName.maximumLength) bytes without control characters",
            parse: { text throws(InvalidValue) in
                do throws(ChannelNameError) {
                    return try ChannelName(validating: text)
                } catch {
                    throw InvalidValue(ValueFormat<[UInt8]>.reason(error))
                }
            },
            print: { YAMLText.plainOrQuoted("\($0)") })
    }
}

extension ValueFormat where Value: RawRepresentable<String> & CaseIterable {
    /// One of the cases' raw values.
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        return ValueFormat(
            accepted: "one of " + words.joined(separator: ", "),
            parse: { text throws(InvalidValue) in
                guard let value = Value(rawValue: text) else {
                    let nearest = NearestName.find(text, among: words)
                    throw InvalidValue(
                        nearest.map { "is none of the choices; did you mean \($0)?" }
                            ?? "is none of the choices")
                }
                return value
            },
            print: \.rawValue)
    }
}

extension ValueFormat<String> {
    /// An origin (RFC 6454 section 6.2), or a glob pattern for several.
    static var origin: Self {
        ValueFormat(
            accepted: "an origin such as https://example.com:8443, with * for any characters, or * alone",
            parse: { text throws(InvalidValue) in
                guard text != "*" else { return text }
                let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, ["http", "https"].contains(parts[0]) else {
                    throw InvalidValue("does not begin with http:// or https://")
                }
                guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(isOriginByte) else {
                    throw InvalidValue("is not a host with, perhaps, a port; nothing may follow, not even /")
                }
                return text
            },
            print: { $0 == "*" ? YAMLText.quoted($0) : $0 })
    }

    /// A namespace of Socket.IO.
    static var namespace: Self {
        let limit = SocketIOPacket.maximumNamespaceLength
        return ValueFormat(
            accepted:
                "a namespace such as /admin: / and up to \(limit - 1) bytes without commas, ? or control characters",
            parse: { text throws(InvalidValue) in
                guard text.hasPrefix("/") else { throw InvalidValue("does not begin with /") }
                guard text.utf8.count <= limit else { throw InvalidValue("has \(text.utf8.count) bytes") }
                guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != 0x2C && $0 != 0x3F }) else {
                    throw InvalidValue("has a character that is not accepted")
                }
                return text
            },
            print: { YAMLText.plainOrQuoted($0) })
    }

    private static func isOriginByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: Array("-._*:[]".utf8).contains(byte)
        }
    }
}

extension ValueFormat<ListenPoint> {
    static var listenPoint: Self {
        ValueFormat(
            accepted: ListenPoint.accepted,
            parse: { text throws(InvalidValue) in
                do throws(ListenAddressError) {
                    return try ListenPoint(parsing: text)
                } catch {
                    throw InvalidValue(error.description)
                }
            },
            print: \.description)
    }
}

extension ValueFormat<PublicFolderSetting> {
    static var publicFolder: Self {
        ValueFormat(
            accepted: "auto, nothing (\"\") for no folder, or the path of a folder",
            parse: { text throws(InvalidValue) in
                switch text {
                case "auto": .automatic
                case "": .none
                default: .folder(try Path.check(text))
                }
            },
            print: { folder in
                switch folder {
                case .automatic: "auto"
                case .none: ""
                case .folder(let path): path
                }
            })
    }
}

extension ValueFormat<String?> {
    /// The path of a file that may be left out.
    static var file: Self {
        ValueFormat(
            accepted: "the path of a file, or nothing (\"\")",
            parse: { text throws(InvalidValue) in text.isEmpty ? nil : try Path.check(text) },
            print: { $0 ?? "" })
    }

    /// A Redis URL, printed without its password.
    static var redisURL: Self {
        ValueFormat(
            accepted: "\(RedisURLError.accepted), or nothing (\"\") for the memory broker",
            parse: { text throws(InvalidValue) in
                if text.isEmpty { return nil }
                let url = try Path.check(text)
                do throws(RedisURLError) {
                    _ = try RedisSettings(url: url)
                } catch {
                    throw InvalidValue("is refused: \(error.reason)")
                }
                return url
            },
            print: { $0.map(Secret.hidingPassword) ?? "" })
    }
}

extension ValueFormat<String> {
    /// The beginning of names in Redis. No glob characters, for it becomes part of patterns, and no braces, which mean
    /// a hash tag in Redis Cluster.
    static var redisPrefix: Self {
        let limit = 64
        return ValueFormat(
            accepted: "at most \(limit) letters, digits and . : _ - /",
            parse: { text throws(InvalidValue) in
                guard text.utf8.count <= limit else { throw InvalidValue("has \(text.utf8.count) bytes") }
                let isPlain = text.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x2D...0x3A, 0x41...0x5A, 0x5F, 0x61...0x7A: true
                    default: false
                    }
                }
                guard isPlain else { throw InvalidValue("has a character that is not accepted") }
                return text
            },
            print: { $0 })
    }
}
