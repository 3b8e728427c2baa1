import Broker
import EventLoop
import Front
import Hub
import Logging
import SocketIO
import Wire

/// Hears back ends in Python that emit through Redis, and hands what they say to the subscribers of this worker: every
/// worker of every node hears it by itself. PROTOCOL.md, "Emitters". Confined to its worker's thread.
final class EmitterDesk {
    private unowned let worker: Worker
    /// All their channels.
    private let configured: [ChannelName]
    /// Without those that the broker does not allow.
    private var channels: [ChannelName] = []
    private var live: Set<ChannelName> = []
    private var complaints: EmitterComplaints

    init(worker: Worker) {
        self.worker = worker
        configured = worker.settings.emitters
        // All workers hear the same.
        complaints = EmitterComplaints(logger: worker.settings.index == 0 ? worker.logger : nil)
    }

    // MARK: The channels

    /// Listens to all that are configured.
    func start() {
        channels = configured
        for channel in channels { worker.broker.subscribe(to: .channel(channel)) }
    }

    /// Whether the broker must stay subscribed to a topic though no client is.
    func listens(to topic: Topic) -> Bool { topic.kind == .channel && channels.contains(topic.name) }

    /// Whether the broker is subscribed to a topic already because of this: it will not confirm it again.
    func isLive(_ topic: Topic) -> Bool { topic.kind == .channel && live.contains(topic.name) }

    func subscribed(_ kind: Topic.Kind, _ name: Span<UInt8>) {
        guard kind == .channel, let channel = channel(name) else { return }
        live.insert(channel)
    }

    /// The broker does not allow it. It is asked again when the link has been made anew.
    func refused(_ topic: Topic) {
        guard listens(to: topic) else { return }
        channels.removeAll { $0 == topic.name }
        if worker.front.hub.topicIndex(topic) == nil { worker.broker.unsubscribe(from: topic) }
    }

    func lost() {
        live = []
        if channels.count < configured.count { start() }
    }

    private func channel(_ name: Span<UInt8>) -> ChannelName? {
        channels.first { $0.bytes.span.equals(name) }
    }

    // MARK: What is said there

    /// Something was published on a channel; nothing happens if it is not theirs.
    func received(_ payload: Span<UInt8>, on name: Span<UInt8>) {
        guard channel(name) != nil else { return }
        do throws(EmitterError) {
            switch try EmitterDecoder.decode(payload) {
            case .emit(let emission): emit(emission)
            case .disconnect(let socket, let namespace): self.socket(socket, namespace)?.disconnect()
            case .closeRoom(let room):
                if let channel = try? ChannelName(validating: room) { worker.control.stop(.channel(channel)) }
            // Servers in Python talk to each other here, too.
            case .other: break
            }
        } catch {
            complaints.add(error, name, now: worker.loop.now)
        }
    }

    private func socket(_ id: [UInt8], _ namespace: [UInt8]) -> SocketIOSocket? {
        worker.socketIO.server.socket(
            String(decoding: id, as: UTF8.self), in: String(decoding: namespace, as: UTF8.self))
    }

    private func emit(_ emission: EmitterMessage.Emission) {
        let namespace = String(decoding: emission.namespace, as: UTF8.self)
        guard worker.socketIO.server.settings.namespaces.contains(namespace) else { return }
        let skipped = emission.skipped.compactMap { socket($0, emission.namespace)?.context as? Relay }
        guard let rooms = emission.rooms else {
            return deliver(emission, to: worker.socketIO.channel, without: skipped)
        }
        for room in Set(rooms) {
            guard let channel = try? ChannelName(validating: room) else { continue }
            deliver(emission, to: channel, without: skipped)
            // Every socket of theirs is alone in a room that is called as itself.
            if let socket = socket(room, emission.namespace), !emission.skipped.contains(room) {
                send(emission, from: channel, to: socket)
            }
        }
    }

    private func deliver(
        _ emission: EmitterMessage.Emission, to channel: ChannelName, without skipped: [Relay]
    ) {
        let topics =
            [Topic.channel(channel)]
            + worker.patterns.filter {
                GlobPattern.matches($0.name.bytes.span, channel.bytes.span)
            }
        let live = topics.compactMap { topic in
            worker.front.hub.liveTopic(topic.kind, topic.name.bytes.span).map { (topic, $0) }
        }
        guard !live.isEmpty else { return }
        let message = Self.message(emission, in: channel)
        guard let view = MessageView(message.span, channel: channel.bytes.span) else { return }
        for (topic, index) in live {
            for relay in skipped { relay.leaveOut(of: topic) }
            // Past the history, which knows nothing of it: nothing there may hold it back.
            worker.front.hub.deliver(message.span, view, to: index, excluding: nil)
            for relay in skipped { relay.include(in: topic) }
        }
    }

    private func send(
        _ emission: EmitterMessage.Emission, from channel: ChannelName, to socket: SocketIOSocket
    ) {
        let message = Self.message(emission, in: channel)
        guard let view = MessageView(message.span, channel: channel.bytes.span) else { return }
        var bytes: [UInt8] = []
        socket.format.append(message.span, view, to: &bytes)
        worker.front.hub.send(bytes.span, to: socket.client.connection.slot)
    }

    private static func message(_ emission: EmitterMessage.Emission, in channel: ChannelName) -> [UInt8] {
        let event = emission.event.span.equals("message") ? nil : emission.event
        let (data, form): ([UInt8], MessageEncoder.DataForm) =
            switch emission.data {
            case .json(let json): (json, .json)
            case .bytes(let bytes): (bytes, .binary)
            }
        var message: [UInt8] = []
        MessageEncoder.append(
            channel: channel.bytes.span, event: event, from: nil, time: WallClock.milliseconds(),
            data: data.span, form: form, to: &message)
        return message
    }
}
