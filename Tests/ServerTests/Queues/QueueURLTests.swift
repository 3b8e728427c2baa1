import TestSupport
import Testing
import Wire

@testable import Server

@Suite("The URLs of queues")
struct QueueURLTests {
    private func route(_ path: String) throws(HTTPError) -> Route { try Route(Array(path.utf8)) }

    @Test("lead to the queue, its jobs and their leases")
    func known() throws {
        let mail = ChannelName("mail")
        let id = JobID(number: 17, attempt: 2)
        #expect(try route("/queues/mail") == .queue(mail, .status))
        #expect(try route("/queues/mail/jobs") == .queue(mail, .jobs))
        #expect(try route("/queues/mail/lease") == .queue(mail, .lease))
        #expect(try route("/queues/mail/jobs/17-2") == .queue(mail, .job(id)))
        #expect(try route("/queues/mail/jobs/17-2/retry") == .queue(mail, .retry(id)))
        #expect(try route("/queues/mail/jobs/17-2/renew") == .queue(mail, .renew(id)))
        #expect(try route("/queues/a%2Fb/jobs") == .queue(ChannelName("a/b"), .jobs))
    }

    @Test(
        "lead to a file where there is none",
        arguments: [
            "/queues", "/queues/mail/", "/queues/mail/job", "/queues/mail/lease/",
            "/queues/mail/jobs/17-2/done",
            "/queues/mail/jobs/17-2/retry/x", "/Queues/mail",
        ])
    func files(_ path: String) throws {
        #expect(try route(path) == .file)
    }

    @Test(
        "are refused where a name or an id cannot be one",
        arguments: [
            ("/queues/", "empty"), ("/queues/%zz/jobs", "hexadecimal"), ("/queues/roost:x/jobs", "reserved"),
            ("/queues/mail/jobs/17", "id"), ("/queues/mail/jobs/", "id"),
            ("/queues/mail/jobs/x-1/retry", "id"),
        ])
    func refused(_ path: String, _ words: String) {
        #expect {
            try route(path)
        } throws: { error in
            guard let error = error as? HTTPError else { return false }
            return error.status == .badRequest && error.message.contains(words)
        }
    }

    @Test("know their methods")
    func methods() throws {
        #expect(try route("/queues/mail").methods == ["GET", "HEAD"])
        #expect(try route("/queues/mail/jobs").methods == ["POST"])
        #expect(try route("/queues/mail/jobs/17-2").methods == ["DELETE"])
    }

    @Test("take times in seconds, or with a unit, within limits")
    func parameters() throws {
        let none = try QueueParameters(nil)
        #expect(none.delay == 0 && none.lease == nil && none.wait == 0)
        let all = try QueueParameters(Array("delay=5&lease=2m&wait=60".utf8))
        #expect(all.delay == 5_000 && all.lease == 120_000 && all.wait == 60_000)
        for query in ["wait=61", "lease=0", "lease=25h", "delay=-1", "wait=x", "lease=500ms"] {
            #expect(throws: HTTPError.self) { try QueueParameters(Array(query.utf8)) }
        }
    }

    @Test("the first rule that matches holds; without one the defaults do")
    func rules() {
        var slow = Settings.QueueRule(match: [Array("video.*".utf8), Array("v?".utf8)])
        slow.lease = .seconds(600)
        var all = Settings.QueueRule(match: [Array("v*".utf8)])
        all.attempts = 1
        let rules = QueueRules([slow, all])
        #expect(rules.rule(for: ChannelName("video.cut")) == slow)
        #expect(rules.rule(for: ChannelName("v1")) == slow)
        #expect(rules.rule(for: ChannelName("video")) == all)
        let other = rules.rule(for: ChannelName("mail"))
        #expect(other.leaseMilliseconds == 60_000 && other.attempts == 5)
    }
}
