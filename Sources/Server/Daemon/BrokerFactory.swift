import Broker
import EventLoop
import Redis

/// Which broker the workers share, and how each gets its own way to it.
enum BrokerFactory: Sendable {
    case memory(MemoryBroker)
    case redis(RedisSettings)

    init(_ settings: Settings.Redis) throws(RedisURLError) {
        guard let url = settings.url else {
            self = .memory(MemoryBroker())
            return
        }
        var redis = try RedisSettings(url: url)
        redis.prefix = settings.prefix
        redis.probeInterval = settings.probeInterval.milliseconds
        if redis.tls != nil { redis.tls?.authorityFile = settings.authorityFile }
        self = .redis(redis)
    }

    /// The broker for the worker on `loop`.
    /// - Parameters:
    ///   - name: of the worker.
    ///   - wake: makes the worker drain the broker, where that is needed; any thread.
    func make(on loop: EventLoop, name: String, wake: @escaping @Sendable () -> Void) -> any Broker {
        switch self {
        case .memory(let broker): broker.makePort(wake: wake)
        case .redis(let settings): RedisBroker(on: loop, settings, name: "roost-\(name)")
        }
    }

    /// How the log calls it.
    var description: String {
        switch self {
        case .memory: "memory"
        case .redis(let settings): "redis at \(settings.address)"
        }
    }
}
