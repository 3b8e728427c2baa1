import Dispatch
import Synchronization

/// jwt-kit keeps its keys in an actor; the server's threads know no concurrency.
enum Blocking {
    /// Runs on threads of its own, so that it comes to its end also where all threads of Swift's pool wait for it.
    private final class Executor: TaskExecutor {
        private let queue = DispatchQueue(label: "roost.access")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private final class Box<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    /// Runs asynchronous work to its end. Blocks the thread.
    static func wait<Value: Sendable>(
        for work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let box = Box<Value>()
        let isDone = DispatchSemaphore(value: 0)
        Task.detached(executorPreference: Executor()) {
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
