import Broker
import EventLoop
import Hub
import Wire

/// The open inboxes of one worker: gives each connection what is in its user's inbox, and what comes into it.
/// Confined to its worker's thread.
final class InboxDesk {
    /// One connection that has its inbox open.
    private struct Client {
        let user: UserName
        /// The user's signal.
        let topic: Topic
        var reader: InboxReader
        /// The commands that wait for the first page.
        var unanswered: [NativeReference]
    }

    private unowned let broker: any InboxBroker
    private let signals: Signals
    private unowned let outlet: any InboxOutlet
    var rule: InboxRule
    /// Bytes of a page, at most.
    private let pageBytes: Int
    /// What a connection is called in signals.
    private let name: (ConnectionID) -> String
    private var clients: [ConnectionID: Client] = [:]
    /// Who listens to which user's signal.
    private var listeners: [Topic: Set<ConnectionID>] = [:]
    /// Connections whose page could not be had.
    private var failed: Set<ConnectionID> = []
    private let retry: any RetryTimer

    /// Notifications of a page.
    static let pageSize = 100
    /// Bytes of a page, unless a connection may be owed less than four of them.
    static let pageBytes = 256 * 1024
    /// `inbox` commands of one connection that may wait for an answer.
    static let maximumUnanswered = 16

    init(
        broker: any InboxBroker, signals: Signals, outlet: any InboxOutlet, rule: InboxRule, pageBytes: Int,
        retry: any RetryTimer, name: @escaping (ConnectionID) -> String
    ) {
        self.broker = broker
        self.signals = signals
        self.outlet = outlet
        self.rule = rule
        self.pageBytes = pageBytes
        self.retry = retry
        self.name = name
    }

    // MARK: What clients ask

    /// Opens a user's inbox on a connection. Answered when the first page is there, with it.
    func open(
        _ device: DeviceName, of user: UserName, _ connection: ConnectionID, _ reference: NativeReference
    ) throws(NativeError) {
        if let client = clients[connection] { return try reopen(client, device, connection, reference) }
        let topic = Topic.signal("inbox", of: user)
        clients[connection] = Client(
            user: user, topic: topic, reader: InboxReader(device: device), unanswered: [reference])
        listeners[topic, default: []].insert(connection)
        // What is signalled from now on is heard; so nothing is missed between the first page and that.
        if signals.isLive(topic) {
            clients[connection]?.reader.lookAgain()
            read(connection)
        } else {
            signals.listen(to: topic, self)
        }
    }

    /// An inbox is open already: only the count is told again.
    private func reopen(
        _ client: Client, _ device: DeviceName, _ connection: ConnectionID, _ reference: NativeReference
    ) throws(NativeError) {
        guard client.reader.device == device else {
            throw NativeError(
                .badRequest, "the inbox is open for the device '\(client.reader.device)' on this connection",
                reference: reference)
        }
        guard client.unanswered.count < Self.maximumUnanswered else {
            throw NativeError(
                .limitExceeded, "at most \(Self.maximumUnanswered) 'inbox' commands may wait for an answer",
                reference: reference)
        }
        clients[connection]?.unanswered.append(reference)
        clients[connection]?.reader.lookAgain()
        if client.reader.position != nil { read(connection) }
    }

    func acknowledge(
        _ id: MessageID, _ connection: ConnectionID, _ reference: NativeReference
    ) throws(NativeError) {
        guard let client = clients[connection] else {
            throw NativeError(
                .badRequest, "no inbox is open on this connection: say 'inbox' first", reference: reference)
        }
        let request = AcknowledgeRequest(
            user: client.user, device: client.reader.device, id: id, origin: name(connection), rule: rule)
        broker.acknowledge(request) { [weak self] result in
            self?.send(connection) { bytes in
                switch result {
                case .success(let mark?):
                    NativeEncoder.appendAcknowledged(mark.id, unread: mark.unread, reference, to: &bytes)
                case .success(nil):
                    NativeEncoder.appendError(
                        NativeError(.notFound, Self.unknownID(id), reference: reference), to: &bytes)
                case .failure(let failure):
                    NativeEncoder.appendError(failure.nativeError(reference), to: &bytes)
                }
            }
        }
    }

    static func unknownID(_ id: MessageID) -> String {
        "this inbox has given out no notification '\(id)'; it may have begun anew since"
    }

    func closed(_ connection: ConnectionID) {
        guard let client = clients.removeValue(forKey: connection) else { return }
        failed.remove(connection)
        listeners[client.topic]?.remove(connection)
        guard listeners[client.topic]?.isEmpty == true else { return }
        listeners[client.topic] = nil
        signals.ignore(client.topic, self)
    }

    /// The connection's socket takes more again.
    func drained(_ connection: ConnectionID) { read(connection) }

    // MARK: Reading

    /// Asks for the connection's next page, if it is to have one.
    private func read(_ connection: ConnectionID) {
        guard let client = clients[connection],
            clients[connection]?.reader.shouldRead(isBlocked: outlet.isBlocked(connection)) == true
        else { return }
        let request = InboxRequest(
            user: client.user, device: client.reader.device, after: clients[connection]?.reader.readAfter,
            limit: Self.pageSize, maximumBytes: pageBytes, rule: rule)
        broker.readInbox(request) { [weak self] result in self?.took(result, connection) }
    }

    private func took(_ result: Result<InboxPage, BrokerFailure>, _ connection: ConnectionID) {
        guard let client = clients[connection] else { return }
        switch result {
        case .success(let page):
            let notifications = clients[connection]?.reader.took(page) ?? []
            clients[connection]?.unanswered = []
            for reference in client.unanswered {
                send(connection) { NativeEncoder.appendInbox(unread: page.unread, reference, to: &$0) }
            }
            for notification in notifications { outlet.sendText(notification.span, to: connection) }
            read(connection)
        case .failure(let failure):
            if case .refused = failure, client.reader.position == nil {
                closed(connection)
                for reference in client.unanswered {
                    send(connection) { NativeEncoder.appendError(failure.nativeError(reference), to: &$0) }
                }
                return
            }
            clients[connection]?.reader.failed()
            failed.insert(connection)
            retry.start { [weak self] in self?.tryAgain() }
        }
    }

    private func tryAgain() {
        let connections = failed
        failed = []
        for connection in connections { read(connection) }
    }

    private func send(_ connection: ConnectionID, _ build: (inout [UInt8]) -> Void) {
        var payload: [UInt8] = []
        build(&payload)
        outlet.sendText(payload.span, to: connection)
    }
}

extension InboxDesk: SignalListener {
    func signalled(_ payload: Span<UInt8>, on topic: Topic) {
        guard let connections = listeners[topic], let signal = InboxSignal(payload) else { return }
        switch signal {
        case .added(let id, let notification):
            for connection in connections {
                let isBlocked = outlet.isBlocked(connection)
                if clients[connection]?.reader.offered(id, notification.span, isBlocked: isBlocked) == true {
                    outlet.sendText(notification.span, to: connection)
                } else {
                    read(connection)
                }
            }
        case .read(let mark, let origin):
            for connection in connections where name(connection) != origin {
                // Before the first page nothing is known of the inbox; the page tells how much is unread.
                guard clients[connection]?.reader.position != nil else { continue }
                send(connection) { NativeEncoder.appendRead(mark.id, unread: mark.unread, to: &$0) }
            }
        }
    }

    /// Without it nothing new would be heard of: who asks for the inbox is told so.
    func signalsRefused(_ topic: Topic, reason: String) {
        for connection in listeners[topic] ?? [] {
            guard let client = clients[connection], client.reader.position == nil else { continue }
            closed(connection)
            for reference in client.unanswered {
                let error = NativeError(
                    .forbidden, "the broker refused the inbox of '\(client.user)': \(reason)",
                    reference: reference)
                send(connection) { NativeEncoder.appendError(error, to: &$0) }
            }
        }
    }

    func signalsLive(_ topic: Topic) {
        for connection in listeners[topic] ?? [] {
            clients[connection]?.reader.lookAgainAfterLoss()
            read(connection)
        }
    }
}
