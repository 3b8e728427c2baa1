import Testing

@testable import Bench

@Suite struct TrafficTests {
    @Test("a message's number comes back from its stamp")
    func inverse() throws {
        let traffic = try Traffic(subscribers: 100, channels: 7, publishers: 3, name: "c", size: 100)
        var streams: [[UInt64]: UInt64] = [:]
        for number: UInt64 in 0..<1000 {
            let stamp = traffic.stamp(of: number, time: 5)
            #expect(traffic.number(of: stamp) == number)
            // Each publisher numbers its messages to each channel from 0 without a gap.
            let stream = [UInt64(stamp.channel), UInt64(stamp.publisher)]
            #expect(stamp.sequence == streams[stream, default: 0])
            streams[stream, default: 0] += 1
        }
        #expect(streams.count == 21)
    }

    @Test("subscribers are spread evenly, and every channel has one")
    func spread() throws {
        let traffic = try Traffic(subscribers: 10, channels: 4, publishers: 1, name: "c", size: 48)
        let counts = (0..<4).map(traffic.subscribers(of:))
        #expect(counts == [3, 3, 2, 2])
        for channel in 0..<4 {
            #expect((0..<10).filter { traffic.channel(of: $0) == channel }.count == counts[channel])
        }
    }

    @Test("channel names have one length")
    func names() throws {
        let many = try Traffic(subscribers: 20_000, channels: 20_000, publishers: 1, name: "b", size: 48)
        #expect(many.channelName(0) == "b-000000")
        #expect(many.channelName(19_999) == "b-019999")
        #expect(
            try Traffic(subscribers: 1, channels: 1, publishers: 1, name: "b", size: 48).channelName(0) == "b"
        )
    }

    @Test("what cannot be run is refused by its option's name")
    func refused() {
        func message(_ subscribers: Int, _ channels: Int, _ publishers: Int, _ name: String, _ size: Int)
            -> String
        {
            do throws(BenchError) {
                _ = try Traffic(
                    subscribers: subscribers, channels: channels, publishers: publishers, name: name,
                    size: size)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(message(0, 1, 1, "c", 100).contains("--subscribers"))
        #expect(message(10, 11, 1, "c", 100).contains("--channels"))
        #expect(message(10, 1, 0, "c", 100).contains("--publishers"))
        #expect(message(10, 1, 1, "c", 47).contains("--size"))
        #expect(message(10, 1, 1, "", 48).contains("--channel"))
        #expect(message(10, 1, 1, "a\"b", 48).contains("--channel"))
        #expect(message(10, 1, 1, String(repeating: "x", count: 256), 48).contains("--channel"))
        #expect(message(10, 1, 1, "c", 48) == "")
    }
}
