import Broker
import Hub
import Wire

/// What clients of the native door missed, framed once for all of them: each is sent the rest of one batch.
struct MissedMessages {
    let batch: Batch
    /// Where the frame of each offset begins.
    private let starts: [(offset: UInt64, position: Int)]

    /// - Parameter items: by offset.
    init(_ items: some Sequence<HistoryPage.Item>) {
        var frames: [UInt8] = []
        var starts: [(offset: UInt64, position: Int)] = []
        // One without text has ended: it was given out once, and is no more.
        for item in items where !item.message.isEmpty {
            starts.append((item.offset, frames.count))
            let message = item.message
            WebSocketEncoder.appendFrame(.text, message.span, to: &frames)
        }
        batch = Batch(frames)
        self.starts = starts
    }

    /// Where in the batch that begins which comes after `offset`; `nil` for nothing.
    func start(after offset: UInt64) -> Int? {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].offset > offset { high = middle } else { low = middle + 1 }
        }
        return low < starts.count ? starts[low].position : nil
    }
}
