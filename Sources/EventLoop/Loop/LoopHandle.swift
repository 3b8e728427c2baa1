internal import CUV

/// The life of one libuv handle: allocated here, kept alive by libuv until its close callback, freed after it.
///
/// The one place where a Swift object is retained for C: `adopt` retains `self`, the close callback releases it.
/// Subclasses start and stop their kind of handle; after `close()` no callback of theirs runs.
@safe class LoopHandle {
    let memory: UnsafeMutableRawPointer
    private(set) var isClosed = false
    private var isAdopted = false

    init(_ type: uv_handle_type) {
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: uv_handle_size(type), alignment: 16)
    }

    final var handle: UnsafeMutablePointer<uv_handle_t> {
        unsafe memory.assumingMemoryBound(to: uv_handle_t.self)
    }

    /// Gives the handle to libuv. Call once, right after the `uv_…_init` that succeeded.
    final func adopt() {
        isAdopted = true
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        guard isAdopted else { return }
        unsafe uv_close(handle) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<LoopHandle>.fromOpaque(data).release()
        }
    }

    deinit { unsafe memory.deallocate() }

    /// The Swift object behind a handle, inside one of its libuv callbacks: what `adopt` stored there.
    static func owner(_ handle: UnsafeMutableRawPointer?) -> Self? {
        guard let data = unsafe handle?.assumingMemoryBound(to: uv_handle_t.self).pointee.data else {
            return nil
        }
        return unsafe unsafeDowncast(
            Unmanaged<LoopHandle>.fromOpaque(data).takeUnretainedValue(), to: Self.self)
    }
}
