import Broker
import EventLoop
import Wire

/// Waits for a list in Redis to have something, on a connection of its own.
///
/// `BLMOVE list list LEFT LEFT` moves the first item to where it is: nothing changes, no item is ever out of the
/// list, and Redis answers as soon as there is one. Confined to its loop's thread.
final class QueueWatch {
    private let settings: RedisSettings
    private let key: [UInt8]
    /// Seconds that Redis waits at a time, as it takes them: less than a silent link is given up after.
    private let timeout: [UInt8]
    private var link: RedisLink?
    private var then: ((Result<Void, BrokerFailure>) -> Void)?
    /// A BLMOVE has no answer yet.
    private var isAsking = false

    /// Milliseconds.
    private static let longestTimeout: UInt64 = 2_000

    init(on loop: EventLoop, _ settings: RedisSettings, key: [UInt8], name: String) {
        self.settings = settings
        self.key = key
        let milliseconds = max(10, min(Self.longestTimeout, settings.probeInterval / 2))
        timeout = "\(Double(milliseconds) / 1_000)".bytes
        let link = RedisLink(on: loop, settings, mode: .blocking, name: name, delegate: self)
        self.link = link
        link.start()
    }

    /// Answers once the list has an item, or when that cannot be known.
    func wait(then: @escaping (Result<Void, BrokerFailure>) -> Void) {
        self.then = then
        ask()
    }

    /// What is waited for is not answered.
    func ignore() { then = nil }

    func flush() { link?.flush() }

    func close() {
        then = nil
        link?.close()
        link = nil
    }

    private func ask() {
        guard let link, link.isReady, !isAsking, then != nil else { return }
        isAsking = true
        link.send {
            RespWriter.append(["BLMOVE".bytes, key, key, "LEFT".bytes, "LEFT".bytes, timeout], to: &$0)
        }
    }

    private func answer(_ result: Result<Void, BrokerFailure>) {
        let then = self.then
        self.then = nil
        then?(result)
    }
}

extension QueueWatch: RedisLinkDelegate {
    func linkReady(_ link: RedisLink) {
        ask()
        link.flush()
    }

    func linkLost(_ link: RedisLink, reason: String, retryIn: UInt64, unanswered: [UInt64]) {
        isAsking = false
        answer(.failure(.unavailable))
    }

    func linkReceived(_ link: RedisLink, _ reply: borrowing RespReply, token: UInt64) {
        isAsking = false
        if let error = reply.error {
            answer(.failure(.refused(error)))
            if settings.sentinel != nil, error.hasPrefix("READONLY") {
                link.drop("\(link.endpoint) is not the master any more")
            }
        } else if reply.isNull {
            ask()
        } else {
            answer(.success(()))
        }
    }

    func linkDrained(_ link: RedisLink) {}
}
