import Broker
import Hub
import Wire

/// Work queues: PROTOCOL.md, "Queues".
extension NativeSession {
    func carryOut(
        _ command: QueueCommand, of queue: QueueName, _ reference: NativeReference, _ message: Span<UInt8>,
        _ connection: ConnectionID
    ) throws(NativeError) {
        defer { worker.pauseIfCongested(connection) }
        switch command {
        case .push(let data, let delay):
            try takePublish(reference)
            let delay = Int64(delay) * 1_000
            worker.queues.push(message.extracting(data), .json, to: queue, delay: delay) {
                [unowned worker] result in
                Self.reply(result, reference, connection, worker) { _, bytes in
                    NativeEncoder.appendPushed(queue, reference, to: &bytes)
                }
            }
        case .work(let credit, let lease):
            do throws(NativeError) {
                try worker.queues.work(
                    connection, queue, credit: credit, lease: lease.map { Int64($0) * 1_000 })
            } catch {
                throw error.answering(reference)
            }
            Self.send(to: connection, by: worker.front) {
                NativeEncoder.appendWorking(queue, credit: credit, reference, to: &$0)
            }
        case .done(let id):
            worker.queues.finish(id, of: queue) { [unowned worker] result in
                Self.reply(result.map { $0 ? id : nil }, id, reference, connection, worker) { id, bytes in
                    NativeEncoder.append(.done, queue, id, reference, to: &bytes)
                }
            }
        case .retry(let id, let delay):
            worker.queues.retry(id, of: queue, delay: Int64(delay) * 1_000) { [unowned worker] result in
                Self.reply(result.map { $0 ? id : nil }, id, reference, connection, worker) { id, bytes in
                    NativeEncoder.append(.retried, queue, id, reference, to: &bytes)
                }
            }
        case .renew(let id, let lease):
            worker.queues.renew(id, of: queue, lease: lease.map { Int64($0) * 1_000 }) {
                [unowned worker] result in
                Self.reply(result, id, reference, connection, worker) { lease, bytes in
                    NativeEncoder.appendRenewed(
                        queue, id, lease: Int((lease + 999) / 1_000), reference, to: &bytes)
                }
            }
        }
    }

    /// - Parameter result: `nil` where the lease stood no more.
    private static func reply<Answer>(
        _ result: Result<Answer?, BrokerFailure>, _ id: JobID, _ reference: NativeReference,
        _ connection: ConnectionID, _ worker: Worker, _ build: (Answer, inout [UInt8]) -> Void
    ) {
        guard case .success(nil) = result else {
            return reply(result, reference, connection, worker) { answer, bytes in
                if let answer { build(answer, &bytes) }
            }
        }
        sendError(
            NativeError(.leaseLost, QueueDesk.lost(id), reference: reference), to: connection,
            by: worker.front)
    }

    private static func reply<Answer>(
        _ result: Result<Answer, BrokerFailure>, _ reference: NativeReference, _ connection: ConnectionID,
        _ worker: Worker, _ build: (Answer, inout [UInt8]) -> Void
    ) {
        switch result {
        case .success(let answer): send(to: connection, by: worker.front) { build(answer, &$0) }
        case .failure(let failure):
            let error = failure.clientError
            sendError(
                NativeError(error.code, error.message, reference: reference), to: connection, by: worker.front
            )
        }
    }
}
