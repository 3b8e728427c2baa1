/// Bytes on their way to the system, in memory that does not move while libuv writes from it.
@safe struct ByteStreamOutput: ~Copyable {
    /// Above this an emptied buffer is given back rather than kept: one burst should not hold memory for ever.
    private static let keptCapacity = 1 << 20

    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init() { unsafe memory = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

    deinit { unsafe memory.deallocate() }

    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let needed = count + bytes.count
        if unsafe needed > memory.count {
            let larger = unsafe UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(needed, memory.count * 2, 4096), alignment: 16)
            unsafe larger.copyMemory(from: self.bytes)
            unsafe memory.deallocate()
            unsafe memory = larger
        }
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
        count = needed
    }

    mutating func removeAll() {
        count = 0
        guard unsafe memory.count > Self.keptCapacity else { return }
        unsafe memory.deallocate()
        unsafe memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }
}
