import EventLoop

/// The messages that a command is to send: a single one, or the lines of an input. Confined to its loop's thread.
public final class MessageSource {
    public enum Kind {
        case message([UInt8])
        /// Lines from a file descriptor; an empty line is a message too.
        case lines(descriptor: Int32)
    }

    let isSingle: Bool
    /// The next message, once `peek` has found one.
    private(set) var next: [UInt8]?

    private var reader: InputReader?
    private var awaitsInput = false
    private var inputHasEnded: Bool
    private var isStopped = false
    private var splitter = LineSplitter(maximumLength: maximumLine)

    /// The longest line held, in bytes; the server's own limit is usually far lower.
    private static let maximumLine = 16 << 20

    /// - Parameter changed: called when `peek` may give something new; with an error when the input cannot be read.
    init(_ kind: Kind, on loop: EventLoop, changed: @escaping (ClientError?) -> Void) throws(LoopError) {
        switch kind {
        case .message(let message):
            next = message
            inputHasEnded = true
            isSingle = true
        case .lines(let descriptor):
            inputHasEnded = false
            isSingle = false
            awaitsInput = true
            reader = try InputReader(on: loop, descriptor: descriptor) { [unowned self] event in
                changed(self.received(event))
            }
        }
    }

    /// The next message, which stays the next until `take`. `nil` at the end, and where more must be read first.
    func peek() throws(ClientError) -> [UInt8]? {
        if let next { return next }
        if isSingle { return nil }
        do throws(LineSplitter.TooLong) {
            next = inputHasEnded && !isStopped ? try splitter.rest() : try splitter.next()
        } catch {
            throw ClientError("line \(error.lineNumber) is longer than \(error.maximum) bytes")
        }
        if next == nil, !inputHasEnded, !awaitsInput {
            awaitsInput = true
            reader?.resume()
        }
        return next
    }

    func take() { next = nil }

    /// Nothing is left. Holds only after `peek` gave `nil`.
    var isAtEnd: Bool { inputHasEnded && next == nil }

    /// The last message in words.
    var place: String { isSingle ? "the message" : "line \(splitter.lineNumber)" }

    /// Reads no more. The lines that are here whole are still given.
    func stop() {
        close()
        reader = nil
        isStopped = true
        inputHasEnded = true
    }

    func close() { reader?.close() }

    private func received(_ event: InputReader.Event) -> ClientError? {
        awaitsInput = false
        switch event {
        case .bytes(let bytes): splitter.append(bytes)
        case .end: inputHasEnded = true
        case .failed(let reason):
            inputHasEnded = true
            return ClientError("cannot read standard input: \(reason)")
        }
        return nil
    }
}
