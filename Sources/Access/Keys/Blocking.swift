import Dispatch
import Synchronization

/// jwt-kit keeps its keys in an actor; the server's threads know no concurrency.
enum Blocking {
    private final class Box<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    /// Runs asynchronous work to its end. Blocks the thread, which must not be one of Swift's own pool.
    static func wait<Value: Sendable>(
        for work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let box = Box<Value>()
        let isDone = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                let value = try await work()
                box.result.withLock { $0 = .success(value) }
            } catch {
                box.result.withLock { $0 = .failure(error) }
            }
            isDone.signal()
        }
        isDone.wait()
        guard let result = box.result.withLock({ $0 }) else {
            preconditionFailure("the work has signalled its end without a result")
        }
        return try result.get()
    }
}
