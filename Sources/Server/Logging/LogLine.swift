import Logging

/// One event as the bytes of one line.
///
/// A line has at most 4096 bytes, its end included: the system writes that many to a pipe in one piece (`PIPE_BUF`,
/// pipe(7)), so that lines of several threads never mix. Longer values are cut, and fields that find no room left out.
struct LogLine {
    static let maximumLength = 4096
    /// A message, key or value in bytes, as it is written.
    static let maximumValueLength = 1024

    /// Milliseconds since 1970, UTC.
    var time: Int64
    var level: Logger.Level
    var message: String
    var fields: Logger.Metadata = [:]

    func bytes(format: LogFormat, isJournal: Bool = false) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        if isJournal { line += "<\(level.journalPriority)>".utf8 }
        switch format {
        case .text: appendText(to: &line, withTime: !isJournal)
        case .json: appendJSON(to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func appendText(to line: inout [UInt8], withTime: Bool) {
        if withTime { line += "\(UTCTime(milliseconds: time)) ".utf8 }
        line += "\(level.rawValue) ".utf8
        LogText.appendEscaped(message, to: &line, limit: Self.maximumValueLength)
        append(to: &line, note: " truncated=true") { key, value in
            var field: [UInt8] = [UInt8(ascii: " ")]
            LogText.appendWord(key, to: &field, limit: Self.maximumValueLength)
            field.append(UInt8(ascii: "="))
            LogText.appendWord(Self.text(of: value), to: &field, limit: Self.maximumValueLength)
            return field
        }
    }

    private func appendJSON(to line: inout [UInt8]) {
        line +=
            "{\"time\":\"\(UTCTime(milliseconds: time))\",\"level\":\"\(level.rawValue)\",\"message\":".utf8
        LogText.appendQuoted(message, to: &line, limit: Self.maximumValueLength)
        append(to: &line, note: ",\"truncated\":true") { key, value in
            var field: [UInt8] = [UInt8(ascii: ",")]
            let isTaken = ["time", "level", "message", "truncated"].contains(key)
            LogText.appendQuoted(isTaken ? "\(key)_" : key, to: &field, limit: Self.maximumValueLength)
            field.append(UInt8(ascii: ":"))
            if case .stringConvertible(let number as any FixedWidthInteger) = value {
                field += number.description.utf8
            } else {
                LogText.appendQuoted(Self.text(of: value), to: &field, limit: Self.maximumValueLength)
            }
            return field
        }
        line.append(UInt8(ascii: "}"))
    }

    /// Adds the fields by name as long as there is room for them, the note and the line's end.
    private func append(
        to line: inout [UInt8], note: String, _ write: (String, Logger.MetadataValue) -> [UInt8]
    ) {
        let room = Self.maximumLength - note.utf8.count - "}\n".utf8.count
        var isTruncated = false
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            let field = write(key, value)
            if line.count + field.count <= room {
                line += field
            } else {
                isTruncated = true
            }
        }
        if isTruncated { line += note.utf8 }
    }

    private static func text(of value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): "[" + values.map(text(of:)).joined(separator: ", ") + "]"
        case .dictionary(let fields):
            "{"
                + fields.sorted { $0.key < $1.key }.map { "\($0.key): \(text(of: $0.value))" }.joined(
                    separator: ", ")
                + "}"
        }
    }
}

extension Logger.Level {
    /// The priority of syslog(3) that a leading `<N>` tells the journal.
    fileprivate var journalPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
