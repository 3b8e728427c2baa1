import Client

/// Remembers what a session told it, and does as a test says with each job.
final class WorkRecorder: WorkSessionDelegate {
    private(set) var jobs: [QueueJob] = []
    private(set) var notices: [String] = []
    private(set) var readyCount = 0
    private(set) var hasEnded = false
    private(set) var error: ClientError?
    var work: (QueueJob) -> Void = { _ in }

    func workReceived(_ job: QueueJob, frame: Span<UInt8>) {
        jobs.append(job)
        work(job)
    }

    func workReady() { readyCount += 1 }

    func workPaused() {}

    func workNotice(_ text: String) { notices.append(text) }

    func workEnded(_ error: ClientError?) {
        hasEnded = true
        self.error = error
    }
}
