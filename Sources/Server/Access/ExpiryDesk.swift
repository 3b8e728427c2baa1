import Broker
import EventLoop

/// Ends a worker's sessions when their tokens do, with one timer for all. Confined to its worker's thread.
final class ExpiryDesk {
    private var schedule = ExpirySchedule<ObjectIdentifier>()
    private var sessions: [ObjectIdentifier: any ExpiringSession] = [:]
    private var timer: LoopTimer?

    /// Milliseconds between looks: a session lives so much longer at most.
    private static let step: UInt64 = 500

    init(on loop: EventLoop) {
        timer = LoopTimer(on: loop) { [unowned self] in look() }
    }

    /// Ends a session with an identity. Say it again for another identity; `forget` must follow.
    func watch(_ session: any ExpiringSession, _ identity: Identity) {
        guard let expires = identity.expires else { return forget(session) }
        let isFirst = schedule.isEmpty
        let key = ObjectIdentifier(session)
        sessions[key] = session
        // Rounded up: never early.
        schedule.add(key, at: expires / 1_000 + (expires % 1_000 > 0 ? 1 : 0))
        if isFirst { timer?.start(after: Self.step, every: Self.step) }
    }

    func forget(_ session: any ExpiringSession) {
        let key = ObjectIdentifier(session)
        guard sessions.removeValue(forKey: key) != nil else { return }
        schedule.remove(key)
        if schedule.isEmpty { timer?.stop() }
    }

    func close() { timer?.close() }

    private func look() {
        for key in schedule.due(at: WallClock.milliseconds() / 1_000) {
            sessions.removeValue(forKey: key)?.accessEnded("the token has expired")
        }
        if schedule.isEmpty { timer?.stop() }
    }
}
