import Front
import Hub
import Logging
import Wire

/// Carries out on one worker what is said to all. Confined to its thread.
final class Control: SignalListener {
    private unowned let worker: Worker

    init(worker: Worker) { self.worker = worker }

    func start() { worker.signals.listen(to: ControlMessage.topic, self) }

    func signalled(_ payload: Span<UInt8>, on topic: Topic) {
        switch ControlMessage(payload) {
        case .stop(let channel): stop(.channel(channel))
        case nil:
            worker.logger.warning("a control message that is none", metadata: ["bytes": "\(payload.count)"])
        }
    }

    func signalsLive(_ topic: Topic) {}

    /// Ends this worker's subscriptions to a topic.
    func stop(_ topic: Topic) {
        var slots: [UInt32] = []
        worker.front.hub.forEachSubscriber(of: topic) { slots.append($0) }
        for slot in slots {
            let connection = worker.front.hub.id(of: slot)
            if let session = worker.front.session(of: connection) as? any StoppableSession {
                session.stopped(topic)
            } else {
                worker.socketIO.stopped(topic, of: connection)
            }
        }
    }
}
