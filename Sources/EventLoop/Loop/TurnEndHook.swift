internal import CUV

/// `uv_prepare_t`: runs once per turn, before the loop polls. Does not keep the loop alive.
final class TurnEndHook: LoopHandle {
    private let body: () -> Void

    init(on loop: EventLoop, _ body: @escaping () -> Void) {
        self.body = body
        super.init(UV_PREPARE)
        let prepare = unsafe memory.assumingMemoryBound(to: uv_prepare_t.self)
        unsafe uv_prepare_init(loop.loop, prepare)
        adopt()
        unsafe uv_prepare_start(prepare) { prepare in unsafe TurnEndHook.owner(prepare)?.body() }
        unsafe uv_unref(handle)
    }
}
