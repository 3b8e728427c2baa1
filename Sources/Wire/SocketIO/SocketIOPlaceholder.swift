/// Where an attachment belongs in a packet's JSON: `{"_placeholder":true,"num":0}`.
public struct SocketIOPlaceholder: Equatable, Sendable {
    /// The object's place in the packet.
    public let range: Range<Int>
    /// Which attachment it stands for, from 0.
    public let number: Int

    public init(range: Range<Int>, number: Int) {
        self.range = range
        self.number = number
    }

    /// An array or object that is not at its end yet.
    private struct Container {
        let start: Int
        let isObject: Bool
        var expectsKey: Bool
        var key: JSONValue?
        var memberCount = 0
        var isMarked = false
        var number: Int?
    }

    /// The placeholders in a JSON value, in the order of their ends.
    /// - Parameters:
    ///   - value: valid JSON.
    ///   - attachments: how many there are. Each must have its place, and only one.
    static func all(
        in bytes: Span<UInt8>, _ value: Range<Int>, attachments: Int
    ) throws(SocketIOError) -> [SocketIOPlaceholder] {
        var found: [SocketIOPlaceholder] = []
        // No deeper than the reader of the arguments allows.
        var open: [Container] = []
        var position = value.lowerBound
        while position < value.upperBound {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = bytes[position] == UInt8(ascii: "{")
                open.append(Container(start: position, isObject: isObject, expectsKey: isObject))
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                position += 1
                if let container = open.popLast(), container.isMarked {
                    found.append(try placeholder(container, end: position))
                }
            case UInt8(ascii: ","):
                if let last = open.indices.last { open[last].expectsKey = open[last].isObject }
                position += 1
            case UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: try take(bytes, &position, &open)
            }
        }
        guard found.count == attachments, Set(found.map(\.number)) == Set(0..<attachments) else {
            throw SocketIOError(
                "each of \(attachments) attachments must have one placeholder, numbered from 0")
        }
        return found
    }

    /// Takes a key, or a value that is no array or object.
    private static func take(
        _ bytes: Span<UInt8>, _ position: inout Int, _ open: inout [Container]
    ) throws(SocketIOError) {
        guard let scalar = try? JSON.value(bytes, &position) else { throw SocketIOError("not JSON") }
        guard let last = open.indices.last, open[last].isObject else { return }
        guard !open[last].expectsKey else {
            open[last].expectsKey = false
            open[last].key = scalar
            open[last].memberCount += 1
            return
        }
        guard let key = open[last].key else { return }
        if key.isString("_placeholder", in: bytes) { open[last].isMarked = scalar.kind == .boolean(true) }
        if key.isString("num", in: bytes) {
            open[last].number = scalar.integer(in: bytes).flatMap(Int.init(exactly:))
        }
    }

    private static func placeholder(
        _ container: Container, end: Int
    ) throws(SocketIOError) -> SocketIOPlaceholder {
        guard let number = container.number, container.memberCount == 2 else {
            throw SocketIOError(#"a placeholder has "_placeholder":true and "num", and nothing else"#)
        }
        return SocketIOPlaceholder(range: container.start..<end, number: number)
    }
}
