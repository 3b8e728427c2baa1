/// The memory that all streams of one loop read into, one read at a time.
///
/// libuv asks for memory and hands over what it read within one step, and the delegate's call ends before the next
/// step, so one buffer serves every stream. Large, because one read takes what hundreds of messages brought.
/// Confined to its loop's thread.
@safe final class ReadBuffer {
    static let size = 256 * 1024

    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: ReadBuffer.size, alignment: 16)

    deinit { unsafe memory.deallocate() }
}
