import Broker
import EventLoop
import Front
import Hub
import Wire

/// `GET …/messages?wait=`: requests that wait for a channel's next message. PROTOCOL.md, "Long polling". Confined to its
/// worker's thread.
final class LongPollDesk {
    private unowned let worker: Worker
    private var watches: [ChannelName: ChannelWatch] = [:]
    /// The channel that a connection waits for.
    private var channels: [ConnectionID: ChannelName] = [:]
    private var timer: LoopTimer?

    /// Milliseconds between looks at the time: a wait is as much longer at most.
    private static let step: UInt64 = 250

    init(worker: Worker, on loop: EventLoop) {
        self.worker = worker
        timer = LoopTimer(on: loop) { [unowned self] in look() }
    }

    /// Answers when there is something after `command.since`, or when `wait` milliseconds have passed.
    /// - Throws: 404 for a channel without history.
    func poll(_ command: HistoryCommand, wait: UInt64, for connection: ConnectionID) throws(HTTPError) {
        let channel = command.channel
        guard worker.hasHistory(.channel(channel)) else {
            throw HTTPError(.notFound, .notFound, "the channel '\(channel)' keeps no history")
        }
        guard let watch = watches[channel] ?? makeWatch(channel) else { throw .noMoreConnections }
        channels[connection] = channel
        watch.add(LongPoll(connection: connection, command: command, deadline: worker.loop.now + wait))
    }

    func abandoned(by connection: ConnectionID) {
        if let channel = channels.removeValue(forKey: connection) { watches[channel]?.remove(connection) }
    }

    /// Answers everybody with what there is.
    func stop() { for watch in watches.values { watch.expire(now: .max) } }

    func close() { timer?.close() }

    /// Answers a request that a watch has done with.
    func answer(_ connection: ConnectionID, _ response: HTTPResponse) {
        channels[connection] = nil
        worker.front.respond(to: connection, response)
    }

    /// Lets a watch go that nobody waits at.
    func drop(_ channel: ChannelName) { watches.removeValue(forKey: channel)?.end() }

    private func makeWatch(_ channel: ChannelName) -> ChannelWatch? {
        guard let watch = ChannelWatch(worker: worker, desk: self, channel: channel) else { return nil }
        watches[channel] = watch
        if watches.count == 1 { timer?.start(after: Self.step, every: Self.step) }
        return watch
    }

    private func look() {
        let now = worker.loop.now
        for (channel, watch) in watches {
            watch.expire(now: now)
            if watch.isIdle(now: now) { drop(channel) }
        }
        if watches.isEmpty { timer?.stop() }
    }
}
