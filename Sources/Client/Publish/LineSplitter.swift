/// Cuts a stream of bytes into lines, without their line feeds. Pure; every byte is looked at once.
public struct LineSplitter: Sendable {
    /// A line got longer than the splitter holds.
    public struct TooLong: Error, Equatable {
        /// Counted from 1.
        public let lineNumber: Int
        /// In bytes.
        public let maximum: Int
    }

    /// How many lines `next` and `rest` have given.
    public private(set) var lineNumber = 0

    private let maximumLength: Int
    private var buffer: [UInt8] = []
    /// Where the line that is being gathered begins, and how far it has been searched.
    private var start = 0
    private var searched = 0

    public init(maximumLength: Int) { self.maximumLength = maximumLength }

    public mutating func append(_ bytes: [UInt8]) {
        // What has been handed out makes room first; the rest is part of one line.
        buffer.removeSubrange(..<start)
        searched -= start
        start = 0
        buffer.append(contentsOf: bytes)
    }

    /// The next whole line, or `nil` if more bytes are needed.
    public mutating func next() throws(TooLong) -> [UInt8]? {
        while searched < buffer.count {
            searched += 1
            guard buffer[searched - 1] == 0x0A else { continue }
            let line = Array(buffer[start..<(searched - 1)])
            start = searched
            try check(line.count)
            lineNumber += 1
            return line
        }
        try check(searched - start)
        return nil
    }

    /// At the end of input: the last line, if it had no line feed.
    public mutating func rest() throws(TooLong) -> [UInt8]? {
        if let line = try next() { return line }
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        lineNumber += 1
        return Array(buffer[start...])
    }

    private func check(_ length: Int) throws(TooLong) {
        guard length <= maximumLength else {
            throw TooLong(lineNumber: lineNumber + 1, maximum: maximumLength)
        }
    }
}
