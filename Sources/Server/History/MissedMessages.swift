import Broker
import Front
import Hub
import Wire

/// What clients missed, framed once per format for all of them: each is sent the rest of one batch. Confined to its
/// worker's thread.
final class MissedMessages {
    private struct Framed {
        let format: WireFormat
        let batch: Batch
        /// Where the frame of each offset begins.
        let starts: [(offset: UInt64, position: Int)]
    }

    private let channel: ChannelName
    private let items: [HistoryPage.Item]
    private var framed: [Framed] = []

    /// - Parameter items: by offset.
    init(_ channel: ChannelName, _ items: [HistoryPage.Item]) {
        self.channel = channel
        // One without text has ended: it was given out once, and is no more.
        self.items = items.filter { !$0.message.isEmpty }
    }

    /// Whether anything comes after `offset`.
    func hasAny(after offset: UInt64) -> Bool { items.last.map { $0.offset > offset } ?? false }

    /// Sends all that comes after `offset`.
    func send(after offset: UInt64, as format: WireFormat, to connection: ConnectionID, by front: Front) {
        let framed = framed.first { $0.format == format } ?? frame(as: format)
        guard let start = framed.starts.first(after: offset) else { return }
        front.hub.send(framed.batch, from: start, to: connection.slot)
    }

    private func frame(as format: WireFormat) -> Framed {
        var bytes: [UInt8] = []
        var starts: [(offset: UInt64, position: Int)] = []
        let name = channel.bytes
        for item in items {
            let message = item.message
            guard let view = MessageView(message.span, channel: name.span) else { continue }
            starts.append((item.offset, bytes.count))
            format.append(message.span, view, to: &bytes)
        }
        let framed = Framed(format: format, batch: Batch(bytes), starts: starts)
        self.framed.append(framed)
        return framed
    }
}

extension [(offset: UInt64, position: Int)] {
    /// The position of the first item beyond `offset`.
    fileprivate func first(after offset: UInt64) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].offset > offset { high = middle } else { low = middle + 1 }
        }
        return low < count ? self[low].position : nil
    }
}
