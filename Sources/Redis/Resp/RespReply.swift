import CHiredis
import Wire

/// One reply, as long as the reader lends it. No copy is made of its bytes.
@safe struct RespReply: ~Copyable {
    private let reply: UnsafePointer<redisReply>

    init(_ reply: UnsafePointer<redisReply>) { unsafe self.reply = unsafe reply }

    /// What an error reply says, or `nil` for another kind.
    var error: String? {
        guard unsafe reply.pointee.type == REDIS_REPLY_ERROR else { return nil }
        return withBytes { String(decoding: [UInt8](copying: $0), as: UTF8.self) }
    }

    /// A copy of all of it.
    var value: RespValue { unsafe Self.value(reply) }

    private static func value(_ reply: UnsafePointer<redisReply>) -> RespValue {
        switch unsafe reply.pointee.type {
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS:
            return .bytes(unsafe withBytes(reply) { [UInt8](copying: $0) })
        case REDIS_REPLY_ERROR:
            return .error(unsafe withBytes(reply) { String(decoding: [UInt8](copying: $0), as: UTF8.self) })
        case REDIS_REPLY_INTEGER: return unsafe .integer(reply.pointee.integer)
        case REDIS_REPLY_ARRAY:
            let count = Int(unsafe reply.pointee.elements)
            return .array(
                (0..<count).map { index in
                    guard let element = unsafe reply.pointee.element[index] else { return .null }
                    return unsafe value(element)
                })
        default: return .null
        }
    }

    var isNull: Bool { unsafe reply.pointee.type == REDIS_REPLY_NIL }

    var isStatus: Bool { unsafe reply.pointee.type == REDIS_REPLY_STATUS }

    /// How many elements an array has; 0 for another kind.
    var count: Int {
        unsafe reply.pointee.type == REDIS_REPLY_ARRAY ? Int(reply.pointee.elements) : 0
    }

    /// Calls `body` with a string's, status's or error's bytes; with none for another kind.
    func withBytes<R>(_ body: (Span<UInt8>) -> R) -> R { unsafe Self.withBytes(reply, body) }

    /// The same for the bytes of an array's element. An index that is not there has none.
    func withBytes<R>(of index: Int, _ body: (Span<UInt8>) -> R) -> R {
        guard index < count, let element = unsafe reply.pointee.element[index] else {
            return body([UInt8]().span)
        }
        return unsafe Self.withBytes(element, body)
    }

    /// The same without the first `prefixLength` bytes; `body` is not called when there are fewer.
    func withBytes(of index: Int, after prefixLength: Int, _ body: (Span<UInt8>) -> Void) {
        withBytes(of: index) { bytes in
            if bytes.count >= prefixLength { body(bytes.extracting(prefixLength..<bytes.count)) }
        }
    }

    private static func withBytes<R>(_ reply: UnsafePointer<redisReply>, _ body: (Span<UInt8>) -> R) -> R {
        switch unsafe reply.pointee.type {
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS, REDIS_REPLY_ERROR:
            guard let text = unsafe reply.pointee.str else { return body([UInt8]().span) }
            let length = Int(unsafe reply.pointee.len)
            return unsafe text.withMemoryRebound(to: UInt8.self, capacity: length) { text in
                unsafe body(Span(_unsafeStart: text, count: length))
            }
        default:
            return body([UInt8]().span)
        }
    }
}
