import Testing
import Wire

@testable import Client

@Suite("ChannelFollower")
struct ChannelFollowerTests {
    private typealias Step = ChannelFollower.Step

    private func id(_ offset: UInt64, _ epoch: String = "x") -> MessageID {
        MessageID(offset: offset, epoch: epoch)
    }

    private func receive(
        _ follower: inout ChannelFollower, _ id: MessageID?, _ text: String = "live"
    ) -> Bool {
        follower.received(id, Array(text.utf8).span)
    }

    /// One that has been subscribed, has come as far as `position`, and has lost its connection.
    private func away(at position: MessageID?, maximumHeld: Int = 1000) -> ChannelFollower {
        var follower = ChannelFollower(maximumHeld: maximumHeld)
        #expect(follower.subscribed(newest: position, isRecovered: false) == Step())
        #expect(follower.disconnected().isEmpty)
        return follower
    }

    private func texts(_ frames: [[UInt8]]) -> [String] { frames.map { String(decoding: $0, as: UTF8.self) } }

    @Test("at first everything is new, and the position moves with it")
    func first() {
        var follower = ChannelFollower()
        #expect(receive(&follower, id(4)) == true, "by a pattern, before it is subscribed")
        #expect(follower.subscribed(newest: id(4), isRecovered: false) == Step())
        #expect(follower.position == id(4))
        #expect(receive(&follower, nil) == true)
        #expect(receive(&follower, id(5)) == true)
        #expect(receive(&follower, id(5)) == false, "a second time, by a pattern")
        #expect(follower.position == id(5))
    }

    @Test("what the server recovers is given, and each message once")
    func recovered() {
        var follower = away(at: id(4))
        #expect(receive(&follower, id(7)) == false, "by a pattern; it comes again in its place")
        #expect(receive(&follower, nil) == true, "that comes once only")
        #expect(follower.subscribed(newest: id(7), isRecovered: true) == Step())
        for offset: UInt64 in 5...8 { #expect(receive(&follower, id(offset)) == true) }
    }

    @Test("what the server does not recover is read page by page, and what comes meanwhile follows")
    func pages() {
        var follower = away(at: id(4))
        #expect(
            follower.subscribed(newest: id(8), isRecovered: false) == Step(request: .after(id(4))))
        #expect(receive(&follower, id(9), "nine") == false)
        #expect(receive(&follower, nil, "bare") == false)
        var answer = follower.answered(first: id(5), last: id(6), isComplete: false, newest: id(9))
        #expect(answer.step == Step(request: .after(id(6))))
        #expect(answer.givesMessages)
        #expect(follower.read(id(5)) == true)
        #expect(follower.read(id(6)) == true)
        #expect(receive(&follower, id(10), "ten") == false)
        answer = follower.answered(first: id(7), last: id(9), isComplete: true, newest: id(9))
        #expect(answer.step == Step())
        #expect(answer.givesMessages)
        for offset: UInt64 in 7...9 { #expect(follower.read(id(offset)) == true) }
        let rest = follower.finish()
        #expect(texts(rest.frames) == ["bare", "ten"])
        #expect(rest.loss == nil)
        #expect(receive(&follower, id(10)) == false)
        #expect(receive(&follower, id(11)) == true)
    }

    @Test("it reads no further than to where the live messages begin")
    func target() {
        var follower = away(at: id(4))
        _ = follower.subscribed(newest: id(6), isRecovered: false)
        let answer = follower.answered(first: id(5), last: id(6), isComplete: false, newest: id(900))
        #expect(answer.step == Step())
        #expect(answer.givesMessages)
    }

    @Test("messages that the history has dropped are told of, once")
    func trimmed() {
        var follower = away(at: id(4))
        _ = follower.subscribed(newest: id(50), isRecovered: false)
        var answer = follower.answered(first: id(20), last: id(30), isComplete: false, newest: id(50))
        #expect(answer.step == Step(loss: .trimmed, request: .after(id(30))))
        #expect(answer.givesMessages)
        answer = follower.answered(first: id(35), last: id(50), isComplete: false, newest: id(50))
        #expect(answer.step == Step())
        #expect(answer.givesMessages)
    }

    @Test("a page whose messages have all ended by themselves ends it")
    func emptyPage() {
        var follower = away(at: id(4))
        _ = follower.subscribed(newest: id(50), isRecovered: false)
        let answer = follower.answered(first: nil, last: nil, isComplete: false, newest: id(50))
        #expect(answer.step == Step(loss: .trimmed))
    }

    @Test("of a stream that began anew everything is read")
    func forgotten() {
        var follower = away(at: id(40))
        #expect(
            follower.subscribed(newest: id(3, "y"), isRecovered: false) == Step(request: .after(id(40))))
        var answer = follower.answered(first: nil, last: nil, isComplete: false, newest: id(3, "y"))
        #expect(answer.step == Step(loss: .forgotten, request: .newest))
        #expect(!answer.givesMessages)
        answer = follower.answered(first: id(1, "y"), last: id(3, "y"), isComplete: true, newest: id(3, "y"))
        #expect(answer.step == Step())
        #expect(answer.givesMessages)
        #expect(follower.read(id(1, "y")) == true)
    }

    @Test("a new stream of more than a page is read from its beginning")
    func longNewStream() {
        var follower = away(at: nil)
        #expect(follower.subscribed(newest: id(3000), isRecovered: false) == Step(request: .newest))
        var answer = follower.answered(first: id(2001), last: id(3000), isComplete: false, newest: id(3000))
        #expect(answer.step == Step(loss: .trimmed, request: .after(id(1))))
        #expect(!answer.givesMessages)
        answer = follower.answered(first: id(2), last: id(3000), isComplete: true, newest: id(3000))
        #expect(answer.step == Step())
        #expect(answer.givesMessages)
    }

    @Test("a channel that had no messages yet gets those that came while nobody listened")
    func emptyBefore() {
        var follower = away(at: nil)
        #expect(follower.subscribed(newest: id(2), isRecovered: false) == Step(request: .newest))
        let answer = follower.answered(first: id(1), last: id(2), isComplete: true, newest: id(2))
        #expect(answer.step == Step())
        #expect(answer.givesMessages)
    }

    @Test("a stream that has gone is told of, and one that comes after it is read")
    func gone() {
        var follower = away(at: id(40))
        #expect(follower.subscribed(newest: nil, isRecovered: false) == Step(loss: .forgotten))
        #expect(follower.disconnected().isEmpty)
        #expect(
            follower.subscribed(newest: id(1, "y"), isRecovered: false) == Step(request: .after(id(40))))
    }

    @Test("a channel without a history has nothing to read")
    func noHistory() {
        var follower = away(at: nil)
        #expect(follower.subscribed(newest: nil, isRecovered: false) == Step())
        #expect(receive(&follower, nil) == true)
    }

    @Test("when the connection is lost while it reads, what has no id is given, and the rest comes again")
    func lostWhileReading() {
        var follower = away(at: id(4))
        _ = follower.subscribed(newest: id(8), isRecovered: false)
        _ = receive(&follower, id(9), "nine")
        _ = receive(&follower, nil, "bare")
        #expect(texts(follower.disconnected()) == ["bare"])
        #expect(follower.position == id(4))
        #expect(
            follower.subscribed(newest: id(9), isRecovered: false) == Step(request: .after(id(4))))
        #expect(follower.finish().frames.isEmpty)
    }

    @Test("what is too much to hold back is read from the history instead")
    func flood() {
        var follower = away(at: id(4), maximumHeld: 10)
        _ = follower.subscribed(newest: id(5), isRecovered: false)
        #expect(receive(&follower, id(6), "123456") == false)
        #expect(receive(&follower, id(7), "123456") == false)
        #expect(receive(&follower, id(8), "eight") == false)
        var answer = follower.answered(first: id(5), last: id(6), isComplete: false, newest: id(8))
        #expect(answer.step == Step(request: .after(id(6))), "it reads beyond its first goal")
        #expect(follower.read(id(5)) == true)
        #expect(follower.read(id(6)) == true)
        answer = follower.answered(first: id(7), last: id(7), isComplete: false, newest: id(9))
        #expect(answer.step == Step())
        #expect(follower.read(id(7)) == true)
        var rest = follower.finish()
        #expect(texts(rest.frames) == ["eight"])
        #expect(rest.loss == nil)

        follower = away(at: id(4), maximumHeld: 10)
        _ = follower.subscribed(newest: id(5), isRecovered: false)
        #expect(receive(&follower, nil, "12345678901") == false)
        _ = follower.answered(first: id(5), last: id(5), isComplete: true, newest: id(5))
        rest = follower.finish()
        #expect(rest.loss == .flooded)
        #expect(rest.frames.isEmpty)
    }
}
