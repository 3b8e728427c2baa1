import EventLoop
import Front
import Hub

/// Going away in order.
extension Worker {
    /// Milliseconds between looks, and how long clients have at the end to hear that it is.
    private static let step: UInt64 = 10
    private static let grace: UInt64 = 1_000

    /// Takes no more connections and hands out no more jobs; lets publishes be acknowledged and jobs be finished; closes
    /// clients, spread over the time; and ends the loop.
    /// - Parameter time: milliseconds until the last client must have been told.
    func drain(within time: UInt64) {
        guard goodbye == nil else { return }
        queues.drain()
        polls.stop()
        front.beginGoodbye()
        let clients = front.openSessions.shuffled()
        var farewell = Farewell(clients, busy: Set(clients.filter(queues.isBusy)), time: time)
        let start = loop.now
        let goodbye = LoopTimer(on: loop) { [unowned self] in
            let elapsed = loop.now - start
            for client in farewell.next(after: elapsed, isBusy: queues.isBusy) {
                front.sayGoodbye(to: client)
            }
            guard farewell.isOver else { return }
            queues.stop()
            socketIO.stop()
            let isDone = front.hub.connectionCount == 0 && queues.isSettled && pending.isEmpty
            if isDone || elapsed >= time + Self.grace { close() }
        }
        goodbye.start(after: 0, every: Self.step)
        self.goodbye = goodbye
    }

    /// Ends now: clients find their connections closed.
    func stop() {
        queues.stop()
        socketIO.stop()
        front.beginGoodbye()
        for client in front.openSessions { front.sayGoodbye(to: client) }
        endTurn()
        close()
    }
}
