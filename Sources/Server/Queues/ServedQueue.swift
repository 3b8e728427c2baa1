import Broker
import Wire

/// A queue that clients of one worker take jobs from. Confined to its worker's thread.
final class ServedQueue {
    let name: QueueName
    var rule: Settings.QueueRule
    var roster = QueueRoster()
    /// The broker has been asked for jobs and has not answered.
    var isLeasing = false
    /// Look again at the end of the turn, or when the answer is there.
    var wantsLook = false
    /// Somebody's socket was full when there was a job for him.
    var hasSlowConsumer = false
    /// `awaitJob` has not answered.
    var isAwaiting = false
    /// Loop time of the next look without a reason: leases of other nodes end without a signal.
    var nextLook: UInt64 = 0
    /// Loop time at which a lease ends or a delayed job is due, as far as is known.
    var dueAt: UInt64?
    /// What clients were told last about why there are no jobs.
    var problem: String?
    /// Leases to be ended as soon as the broker is back.
    var owed: [(id: JobID, change: LeaseChange)] = []
    /// Loop time until which it is kept without clients.
    var lingersUntil: UInt64 = 0

    init(_ name: QueueName, _ rule: Settings.QueueRule) {
        self.name = name
        self.rule = rule
    }

    var topic: Topic { .signal("queue", of: name) }

    var isIdle: Bool { roster.isEmpty && !isLeasing && owed.isEmpty }
}
