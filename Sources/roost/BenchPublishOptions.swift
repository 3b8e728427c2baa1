import ArgumentParser
import Bench

/// How a fan-out's messages are made and published.
struct BenchPublishOptions: ParsableArguments {
    @Option(
        help: """
            Where subscribers enter: native (/ws), plain, events (SSE), socketio or polling. Publishers without \
            --publish-redis use native, or plain.
            """)
    var door = Door.native

    @Option(help: ArgumentHelp("Publish to this Redis, past the server.", valueName: "url"))
    var publishRedis: String?

    @Option(
        help:
            "What is published to Redis: message (as one node does for the others) or text (as redis-cli does)."
    )
    var payload = FanoutPlan.Payload.message

    @Option(help: ArgumentHelp("How many connections publish, in turn.", valueName: "number"))
    var publishers = 1

    @Option(help: ArgumentHelp("The channel's name, or what numbered names begin with.", valueName: "name"))
    var channel = "bench"

    @Option(help: ArgumentHelp("The length of each message's data.", valueName: "bytes"))
    var size = 100

    func plan(subscribers: Int, channels: Int, rate: UInt64?, window: Int) throws -> FanoutPlan {
        try BenchOptions.checked { () throws(BenchError) in
            var redis: RedisAddress?
            if let publishRedis { redis = try RedisAddress(parsing: publishRedis) }
            return try FanoutPlan(
                traffic: Traffic(
                    subscribers: subscribers, channels: channels, publishers: publishers, name: channel,
                    size: size),
                rate: rate, window: window, redis: redis, payload: payload, door: door)
        }
    }
}
