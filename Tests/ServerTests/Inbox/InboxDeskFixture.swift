import Broker
import Hub
import TestSupport
import Wire

@testable import Server

/// A desk on a memory broker, with connections that only remember what they are sent.
final class InboxDeskFixture {
    final class Outlet: InboxOutlet {
        var sent: [ConnectionID: [String]] = [:]
        var blocked: Set<ConnectionID> = []

        func sendText(_ payload: Span<UInt8>, to connection: ConnectionID) {
            sent[connection, default: []].append(String(decoding: [UInt8](copying: payload), as: UTF8.self))
        }

        func isBlocked(_ connection: ConnectionID) -> Bool { blocked.contains(connection) }
    }

    /// Goes off when the test says so.
    final class Retry: RetryTimer {
        var body: (() -> Void)?

        func start(_ body: @escaping () -> Void) { self.body = self.body ?? body }

        func fire() {
            let body = body
            self.body = nil
            body?()
        }
    }

    /// Fails instead of asking, while it is told to.
    final class Flaky: InboxBroker {
        let port: MemoryBrokerPort
        var failure: BrokerFailure?
        private var failed: [() -> Void] = []

        init(_ port: MemoryBrokerPort) { self.port = port }

        func notify(_ request: NotifyRequest, then: @escaping (Result<MessageID, BrokerFailure>) -> Void) {
            port.notify(request, then: then)
        }

        func readInbox(_ request: InboxRequest, then: @escaping (Result<InboxPage, BrokerFailure>) -> Void) {
            guard let failure else { return port.readInbox(request, then: then) }
            failed.append { then(.failure(failure)) }
        }

        func acknowledge(
            _ request: AcknowledgeRequest, then: @escaping (Result<InboxMark?, BrokerFailure>) -> Void
        ) {
            port.acknowledge(request, then: then)
        }

        func drain() {
            port.drain()
            let given = failed
            failed = []
            for body in given { body() }
        }
    }

    /// Passes signals on, unless they are to be lost.
    final class Delegate: BrokerDelegate {
        let signals: Signals
        var losesSignals = false

        init(_ signals: Signals) { self.signals = signals }

        func brokerReceived(
            _ payload: Span<UInt8>, kind: Topic.Kind, name: Span<UInt8>, channel: Span<UInt8>
        ) {
            if !losesSignals { signals.received(payload, name: name) }
        }

        func brokerSubscribed(kind: Topic.Kind, name: Span<UInt8>) { signals.subscribed(name: name) }
        func brokerRefused(_ topic: Topic, reason: String) {}
        func brokerLostSubscriptions() {}
        func brokerPublished(receipt: UInt64, outcome: PublishOutcome) {}
        func brokerStatusChanged(_ status: BrokerStatus) {}
        func brokerDrained() {}
    }

    static let rule = InboxRule(size: 10_000, timeToLive: 60_000)

    let broker: Flaky
    let signals: Signals
    let outlet = Outlet()
    let retry = Retry()
    let delegate: Delegate
    let desk: InboxDesk
    private var connections: UInt32 = 0

    init() {
        let port = MemoryBroker().makePort {}
        broker = Flaky(port)
        signals = Signals(broker: port)
        delegate = Delegate(signals)
        port.delegate = delegate
        desk = InboxDesk(
            broker: broker, signals: signals, outlet: outlet, rule: Self.rule, pageBytes: 1 << 18,
            retry: retry
        ) { "c\($0.slot)" }
    }

    /// Those who listen and those whom they listen to hold each other.
    deinit {
        for slot in 0...connections { desk.closed(ConnectionID(slot: slot, generation: 0)) }
        broker.port.close()
    }

    /// Lets the broker say all that it has to say.
    func settle() { for _ in 0..<50 { broker.drain() } }

    func connect() -> ConnectionID {
        connections += 1
        return ConnectionID(slot: connections, generation: 0)
    }

    func open(_ connection: ConnectionID, _ device: String = "phone", user: String = "alice") throws {
        try desk.open(DeviceName(device), of: UserName(user), connection, .none)
    }

    func notify(_ text: String, user: String = "alice") {
        var notification: [UInt8] = []
        NotificationEncoder.append(
            event: nil, from: nil, time: 1, data: Array(text.utf8).span, form: .text, to: &notification)
        broker.notify(
            NotifyRequest(user: UserName(user), notification: notification, rule: Self.rule)
        ) { _ in }
    }

    func sent(_ connection: ConnectionID) -> [String] { outlet.sent[connection] ?? [] }

    /// The data of the notifications that a connection was sent.
    func texts(_ connection: ConnectionID) -> [String] {
        sent(connection).filter { $0.hasPrefix(#"{"type":"notification""#) }.map { text in
            String(text.split(separator: "\"").dropLast().last ?? "")
        }
    }
}
