import Broker
import Wire

/// Who listens to which signal on one worker. Confined to its worker's thread.
final class Signals {
    private unowned let broker: any Broker
    private var listeners: [Topic: [ObjectIdentifier: any SignalListener]] = [:]
    private var live: Set<Topic> = []

    init(broker: any Broker) { self.broker = broker }

    /// Listens until `ignore`. `signalsLive` follows, never inside this call where the broker must be asked first.
    func listen(to topic: Topic, _ listener: any SignalListener) {
        let isFirst = listeners[topic] == nil
        listeners[topic, default: [:]][ObjectIdentifier(listener)] = listener
        if isFirst {
            broker.subscribe(to: topic)
        } else if live.contains(topic) {
            listener.signalsLive(topic)
        }
    }

    func ignore(_ topic: Topic, _ listener: any SignalListener) {
        guard listeners[topic]?.removeValue(forKey: ObjectIdentifier(listener)) != nil else { return }
        guard listeners[topic]?.isEmpty == true else { return }
        listeners[topic] = nil
        live.remove(topic)
        broker.unsubscribe(from: topic)
    }

    func isLive(_ topic: Topic) -> Bool { live.contains(topic) }

    // MARK: What the broker tells

    func received(_ payload: Span<UInt8>, name: Span<UInt8>) {
        guard let topic = Self.topic(name), let listeners = listeners[topic] else { return }
        for listener in listeners.values { listener.signalled(payload, on: topic) }
    }

    func subscribed(name: Span<UInt8>) {
        guard let topic = Self.topic(name), let listeners = listeners[topic] else { return }
        live.insert(topic)
        for listener in listeners.values { listener.signalsLive(topic) }
    }

    func refused(_ topic: Topic, reason: String) {
        for listener in (listeners[topic] ?? [:]).values { listener.signalsRefused(topic, reason: reason) }
    }

    func lost() { live = [] }

    private static func topic(_ name: Span<UInt8>) -> Topic? {
        (try? ChannelName(fromBroker: name)).map { .channel($0) }
    }
}
