import Testing

@testable import Client

@Suite("LineSplitter")
struct LineSplitterTests {
    private func lines(_ text: String, size: Int) throws -> [String] {
        var splitter = LineSplitter(maximumLength: 100)
        let bytes = Array(text.utf8)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            splitter.append(Array(bytes[start..<min(start + size, bytes.count)]))
            while let line = try splitter.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        while let line = try splitter.rest() { lines.append(String(decoding: line, as: UTF8.self)) }
        #expect(splitter.lineNumber == lines.count)
        return lines
    }

    @Test(
        "lines come out however the bytes come in, empty ones and an unfinished last one too",
        arguments: 1...9)
    func split(_ size: Int) throws {
        #expect(try lines("one\n\ntwo\r\n\nlast", size: size) == ["one", "", "two\r", "", "last"])
        #expect(try lines("one\n", size: size) == ["one"])
        #expect(try lines("\n", size: size) == [""])
        #expect(try lines("", size: size) == [])
    }

    @Test("a line over the limit is named before it is held as a whole")
    func tooLong() throws {
        var splitter = LineSplitter(maximumLength: 4)
        splitter.append(Array("1234\n12345".utf8))
        #expect(try splitter.next() == Array("1234".utf8))
        #expect(throws: LineSplitter.TooLong(lineNumber: 2, maximum: 4)) { try splitter.next() }
        var whole = LineSplitter(maximumLength: 4)
        whole.append(Array("12345\n".utf8))
        #expect(throws: LineSplitter.TooLong(lineNumber: 1, maximum: 4)) { try whole.next() }
    }
}
