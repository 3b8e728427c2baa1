import Access
import EventLoop
import Logging

/// Reads a key set again when its file has changed. Lives on the main thread.
final class KeySetWatch {
    private let path: String
    private let fixed: [TokenKey]
    private let ring: KeyRing
    private var state: FileState?
    private var timer: LoopTimer?
    private let logger = Logger(label: "roost.access")

    /// Milliseconds between looks.
    private static let step: UInt64 = 1_000

    /// - Parameters:
    ///   - fixed: the keys that are not in the file.
    ///   - ring: gets both.
    init(_ path: String, fixed: [TokenKey], _ ring: KeyRing, on loop: EventLoop) {
        self.path = path
        self.fixed = fixed
        self.ring = ring
        // Read again at the first look: what came between the first reading and this is not missed.
        timer = LoopTimer(on: loop) { [unowned self] in look() }
        timer?.start(after: Self.step, every: Self.step)
    }

    func close() { timer?.close() }

    private func look() {
        let found = FileState(path)
        guard found != state else { return }
        let isFirst = state == nil
        state = found
        do throws(InvalidValue) {
            let keys = try AccessKeys.readSet(path)
            ring.replace(fixed + keys)
            if !isFirst { logger.info("the key set has changed", metadata: ["keys": "\(keys.count)"]) }
        } catch {
            logger.warning(
                "the key set cannot be read: the keys from before stay",
                metadata: ["file": "\(path)", "reason": "\(error.reason)"])
        }
    }
}
