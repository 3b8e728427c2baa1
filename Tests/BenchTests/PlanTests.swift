import Client
import Testing

@testable import Bench

@Suite struct PlanTests {
    private func target(_ door: Door = .native) throws -> Target {
        Target(url: try ServerURL(parsing: ServerURL.standard), token: nil, door: door)
    }

    @Test("settings out of range are refused by their option's name")
    func settings() throws {
        let target = try target()
        func refusal(duration: UInt64 = 1, warmUp: UInt64 = 0, ramp: Int = 1, processes: [Int32] = [])
            -> String
        {
            do throws(BenchError) {
                _ = try BenchSetting(
                    target: target, processes: processes, warmUp: warmUp, duration: duration, ramp: ramp)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(refusal() == "")
        #expect(refusal(duration: 0).contains("--duration"))
        #expect(refusal(warmUp: .max).contains("--warm-up"))
        #expect(refusal(ramp: 0).contains("--ramp"))
        #expect(refusal(processes: [0]).contains("--server-pid"))
    }

    @Test("a fan-out through the plain door needs a way to reach every channel")
    func plainChannels() throws {
        let traffic = try Traffic(subscribers: 10, channels: 5, publishers: 1, name: "c", size: 48)
        #expect(throws: BenchError.self) {
            try FanoutPlan(traffic: traffic, rate: 1, window: 1, redis: nil, payload: .text, door: .plain)
        }
        let redis = try RedisAddress(parsing: "redis://h")
        _ = try FanoutPlan(traffic: traffic, rate: 1, window: 1, redis: redis, payload: .text, door: .plain)
        _ = try FanoutPlan(traffic: traffic, rate: nil, window: 1, redis: nil, payload: .text, door: .native)
    }

    @Test("rates and windows out of range are refused")
    func ranges() throws {
        let traffic = try Traffic(subscribers: 1, channels: 1, publishers: 1, name: "c", size: 48)
        #expect(throws: BenchError.self) {
            try FanoutPlan(traffic: traffic, rate: 0, window: 1, redis: nil, payload: .text, door: .native)
        }
        #expect(throws: BenchError.self) {
            try FanoutPlan(traffic: traffic, rate: nil, window: 0, redis: nil, payload: .text, door: .native)
        }
        #expect(throws: BenchError.self) { try IngestPlan(clients: 0, channel: "c", size: 100, window: 1) }
        #expect(throws: BenchError.self) { try IngestPlan(clients: 1, channel: "c", size: 100, window: 0) }
        #expect(throws: BenchError.self) {
            try IngestPlan(clients: 100_000, channel: "c", size: 100, window: 1000)
        }
    }
}
