import Hub
import Wire

/// A format of a door's own: a mark, and the message.
final class MarkedFormat: MessageFormat {
    let mark: UInt8

    init(_ mark: Character) { self.mark = mark.asciiValue ?? 0 }

    func append(_ message: Span<UInt8>, _ view: MessageView, to bytes: inout [UInt8]) {
        bytes.append(mark)
        bytes.append(copying: message)
    }

    func appendNotice(_ notice: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(mark)
        bytes.append(copying: notice)
    }
}
