import EventLoop
import Wire

/// One publishing client: keeps its window of unanswered publishes full. Confined to its loop's thread.
final class IngestClient {
    let connection: BenchConnection
    private let window: Int
    private var template: MessageTemplate
    private var random: FrameKeys
    private(set) var sent: UInt64 = 0
    private(set) var answered: UInt64 = 0
    /// When each unanswered publish was sent, by number modulo the count.
    private var times: [UInt64]
    private var outgoing: [UInt8] = []

    init(_ connection: BenchConnection, _ plan: IngestPlan) {
        self.connection = connection
        window = plan.window
        template = .command(plan.traffic)
        random = FrameKeys(seed: UInt64(connection.index))
        times = [UInt64](repeating: 0, count: plan.window)
    }

    /// Publishes as much as the window allows, in one write.
    func fill(now: UInt64) {
        while sent - answered < UInt64(window) {
            template.set(
                Stamp(
                    channel: 0, publisher: UInt16(truncatingIfNeeded: connection.index), sequence: sent,
                    time: now))
            template.set(reference: Acknowledgements.reference(of: sent))
            times[Int(sent % UInt64(window))] = now
            WebSocketEncoder.appendMaskedFrame(.text, template.bytes.span, key: random.next(), to: &outgoing)
            sent += 1
        }
        guard !outgoing.isEmpty else { return }
        connection.write(outgoing)
        outgoing.removeAll(keepingCapacity: true)
    }

    /// Books the answer to the oldest publish; when that was sent.
    func answer() -> UInt64 {
        defer { answered += 1 }
        return times[Int(answered % UInt64(window))]
    }
}
