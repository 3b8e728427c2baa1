import Broker
import EventLoop
import Front
import Hub
import Logging
import Wire

/// Asking the broker for jobs, and handing out what it gives.
extension QueueDesk {
    /// Jobs asked for at a time.
    private static let maximumSlots = 512
    /// Milliseconds between looks without a reason.
    private static let lookInterval: UInt64 = 1_000

    func lease(_ served: ServedQueue) {
        guard !isStopped else { return }
        let now = worker.loop.now
        served.hasSlowConsumer = false
        let slots = served.roster.takeSlots(Self.maximumSlots) { connection in
            guard worker.front.hub.isBlocked(connection.slot) else { return true }
            served.hasSlowConsumer = true
            return false
        }
        let isDue = served.dueAt.map { $0 <= now } ?? false
        guard !slots.isEmpty || isDue else { return }
        served.nextLook = now + Self.lookInterval
        served.dueAt = nil
        served.isLeasing = true
        unsettled += 1
        let request = LeaseRequest(
            queue: served.name, leases: slots.map(\.lease), attempts: served.rule.attempts,
            maximumJob: worker.settings.front.maximumMessageSize,
            maximumBytes: worker.settings.front.maximumUnsent / 8)
        worker.broker.lease(request) { [self] result in
            unsettled -= 1
            served.isLeasing = false
            switch result {
            case .success(let answer): handOut(answer, slots, served)
            case .failure(let failure): tell(failure, slots, served)
            }
        }
    }

    private func handOut(_ answer: LeaseAnswer, _ slots: [QueueRoster.Slot], _ served: ServedQueue) {
        let now = worker.loop.now
        served.problem = nil
        served.dueAt = answer.nextDue.map { now + UInt64(clamping: $0) }
        if answer.oversized > 0 {
            logger.warning(
                "jobs that are larger than limits.message_size are now dead letters",
                metadata: ["queue": "\(served.name)", "jobs": "\(answer.oversized)"])
        }
        var unwanted: [JobID] = []
        for (job, slot) in zip(answer.jobs, slots) {
            guard served.roster.give(job.id, to: slot, now: now) else {
                unwanted.append(job.id)
                continue
            }
            if slot.isWaiter { awaited[slot.connection] = nil }
            send(job, of: served, to: slot)
        }
        unwanted += answer.jobs.dropFirst(slots.count).map(\.id)
        giveBack(unwanted, .undo, served)
        expireWaiters(served, now)
        if answer.waiting > 0, !answer.jobs.isEmpty || answer.oversized > 0 {
            want(served)
        } else if answer.waiting == 0, !served.isAwaiting, served.roster.isHungry {
            served.isAwaiting = true
            worker.broker.awaitJob(in: served.name) { [self] result in
                served.isAwaiting = false
                if case .success = result { want(served) }
            }
        }
    }

    /// Requests are answered; consumers are told once why they get nothing, unless it is only for a while.
    private func tell(_ failure: BrokerFailure, _ slots: [QueueRoster.Slot], _ served: ServedQueue) {
        let error = failure.clientError
        for slot in slots where slot.isWaiter && served.roster.removeWaiter(slot.connection) {
            awaited[slot.connection] = nil
            worker.front.respond(to: slot.connection, HTTPResponse(error.httpError))
        }
        guard case .refused(let reason) = failure, served.problem != reason else { return }
        served.problem = reason
        logger.warning(
            "a queue cannot be read", metadata: ["queue": "\(served.name)", "reason": "\(reason)"])
        let told = NativeError(error.code, "no jobs of queue '\(served.name)': \(error.message)")
        for connection in served.roster.connections {
            NativeSession.sendError(told, to: connection, by: worker.front)
        }
    }

    func expireWaiters(_ served: ServedQueue, _ now: UInt64) {
        for connection in served.roster.takeExpiredWaiters(now: now) {
            awaited[connection] = nil
            served.lingersUntil = now + Self.linger
            worker.front.respond(to: connection, HTTPResponse(.noContent))
        }
    }
}
