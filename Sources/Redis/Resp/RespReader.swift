import CHiredis
import Wire

/// Finds replies in the bytes that Redis sends, by hiredis's `redisReader` (RESP2).
///
/// Hostile input is bounded: nested deeper than hiredis's seven levels, more array elements or more bytes in one
/// reply than any of ours has, is a protocol error. Confined to its connection's thread.
@safe final class RespReader {
    /// The most bytes to `feed` at a time. Each time hiredis has consumed a kilobyte it moves all that is behind it: fed
    /// whole reads of 256 KiB it spent 30 % of a subscriber's time on that.
    static let pieceSize = 4096
    /// The most elements of one reply, those of arrays within arrays counted: a few bytes can announce many.
    static let maximumElements = 1 << 20
    /// The most bytes of one reply. Redis itself cuts subscribers off that are 32 MiB behind.
    static let maximumReply = 64 << 20

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    /// The elements of the present reply so far, for `createBoundedArray`.
    private let elements: UnsafeMutablePointer<Int>

    init() {
        // Fails for want of memory only, when nothing else would work either.
        guard let reader = unsafe redisReaderCreate() else { preconditionFailure("out of memory") }
        unsafe self.reader = reader
        unsafe functions = .allocate(capacity: 1)
        unsafe functions.initialize(to: reader.pointee.fn.pointee)
        unsafe functions.pointee.createArray = createBoundedArray
        unsafe reader.pointee.fn = functions
        unsafe elements = .allocate(capacity: 1)
        unsafe elements.initialize(to: 0)
        // hiredis hands it on to every task.
        unsafe reader.pointee.privdata = UnsafeMutableRawPointer(elements)
    }

    deinit {
        unsafe redisReaderFree(reader)
        unsafe functions.deallocate()
        unsafe elements.deallocate()
    }

    /// Adds bytes.
    func feed(_ bytes: Span<UInt8>) throws(RespError) {
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe redisReaderFeed(
                reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard status == REDIS_OK else { throw error() }
        guard unsafe reader.pointee.len - reader.pointee.pos <= Self.maximumReply else {
            throw RespError(description: "a reply of more than \(Self.maximumReply) bytes")
        }
    }

    /// Hands the next whole reply to `body`; false when more bytes are needed.
    func next(_ body: (borrowing RespReply) -> Void) throws(RespError) -> Bool {
        var object: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &object) == REDIS_OK else { throw error() }
        guard let object = unsafe object else { return false }
        defer { unsafe freeReplyObject(object) }
        unsafe body(RespReply(object.assumingMemoryBound(to: redisReply.self)))
        return true
    }

    private func error() -> RespError {
        let text = unsafe withUnsafePointer(to: &reader.pointee.errstr) { text in
            unsafe text.withMemoryRebound(to: CChar.self, capacity: 128) { unsafe String(cString: $0) }
        }
        return RespError(description: text.isEmpty ? "malformed reply" : text)
    }
}

/// Bytes that are no RESP.
struct RespError: Error, CustomStringConvertible {
    let description: String
}

/// hiredis's own, which allocates as many elements as the peer announces.
private let createUnboundedArray = {
    let reader = unsafe redisReaderCreate()
    defer { unsafe redisReaderFree(reader) }
    return unsafe reader?.pointee.fn.pointee.createArray
}()

private func createBoundedArray(
    _ task: UnsafePointer<redisReadTask>?, _ count: Int32
) -> UnsafeMutableRawPointer? {
    guard let task = unsafe task,
        let elements = unsafe task.pointee.privdata?.assumingMemoryBound(to: Int.self)
    else { return nil }
    if unsafe task.pointee.parent == nil { unsafe elements.pointee = 0 }
    unsafe elements.pointee += max(0, Int(count))
    guard unsafe elements.pointee <= RespReader.maximumElements else { return nil }
    return unsafe createUnboundedArray?(task, count)
}
