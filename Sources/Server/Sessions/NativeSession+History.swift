import Front
import Hub
import Wire

/// Subscribing to channels with history, and reading it.
extension NativeSession: HistoryJoiner {
    func subscribe(
        toHistoryOf topic: Topic, since: MessageID?, isKnown: Bool, _ reference: NativeReference,
        _ connection: ConnectionID
    ) {
        if awaited[topic] != nil {
            awaited[topic]?.append(reference)
        } else if isKnown {
            let id = worker.feeds.feed(of: topic)?.id
            sendSubscribed(topic, id: id, recovered: false, reference)
        } else {
            awaited[topic] = [reference]
            _ = worker.subscribe(connection, to: topic, as: .held)
            worker.feeds.feed(of: topic)?.join(self, since: since)
        }
    }

    func joined(_ topic: Topic, id: MessageID?, recovered: Bool, missed: Missed?) {
        guard let connection else { return }
        for reference in awaited.removeValue(forKey: topic) ?? [] {
            sendSubscribed(topic, id: id, recovered: recovered, reference)
        }
        missed?.send(as: .native, to: connection, by: worker.front)
        worker.front.hub.release(connection.slot, from: topic, as: .native)
    }

    /// One at a time: nothing more is read from the client until it is answered.
    func readHistory(
        _ command: HistoryCommand, _ reference: NativeReference, _ connection: ConnectionID
    ) throws(NativeError) {
        do throws(ClientFailure) {
            try worker.historyReader.read(command) { [front = worker.front] result in
                switch result {
                case .success(let answer):
                    Self.send(to: connection, by: front) {
                        NativeEncoder.appendHistory(
                            command.channel, answer.messages, isComplete: answer.isComplete, id: answer.id,
                            reference, to: &$0)
                    }
                case .failure(let failure):
                    let error = failure.clientError
                    Self.sendError(
                        NativeError(error.code, error.message, reference: reference), to: connection,
                        by: front)
                }
                front.resumeReading(connection)
            }
        } catch {
            throw NativeError(error.code, error.message, reference: reference)
        }
        worker.front.holdReading(connection)
    }
}
