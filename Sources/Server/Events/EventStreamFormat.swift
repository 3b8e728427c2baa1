import Hub
import Wire

/// Messages as Server-Sent Events. Confined to its worker's thread.
final class EventStreamFormat: MessageFormat {
    /// What stands in `id:`.
    enum Positions {
        /// Nothing: what the client has said last still holds.
        case none
        /// The message's own id.
        case own
        /// The last message of each channel of a set: what a client with several channels goes on from.
        case all([ChannelName])
    }

    private let form: EventStreamEncoder.Form
    private let positions: Positions
    private unowned let worker: Worker

    init(_ form: EventStreamEncoder.Form, _ positions: Positions, worker: Worker) {
        self.form = form
        self.positions = positions
        self.worker = worker
    }

    func append(_ message: Span<UInt8>, _ view: MessageView, to bytes: inout [UInt8]) {
        EventStreamEncoder.append(message, view, form, to: &bytes) { bytes in
            switch positions {
            case .none: break
            case .own: if let id = view.id { bytes.append(copying: message, id.contents) }
            case .all(let channels):
                guard let id = view.id else { return }
                let channel = view.channel
                for (index, name) in channels.enumerated() {
                    if index > 0 { bytes.append(UInt8(ascii: ",")) }
                    if channel.isString(name.bytes.span, in: message) {
                        bytes.append(copying: message, id.contents)
                    } else {
                        Self.append(worker.feeds.feed(of: .channel(name))?.id, to: &bytes)
                    }
                }
            }
        }
    }

    /// The events of a stream say where the client is in each of its channels: it cannot be behind in one of them.
    func obeys(_ policy: SlowPolicy) -> Bool {
        if case .own = positions { true } else { policy != .spill }
    }

    func appendNotice(_ notice: Span<UInt8>, to bytes: inout [UInt8]) {
        EventStreamEncoder.append(own: "gap", id: [], notice, to: &bytes)
    }

    /// Appends a channel's position as it stands among others.
    static func append(_ id: MessageID?, to bytes: inout [UInt8]) {
        if let id { id.append(to: &bytes) } else { bytes.append(UInt8(ascii: "-")) }
    }
}
