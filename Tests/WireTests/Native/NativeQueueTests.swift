import TestSupport
import Testing
import Wire

@Suite("Queues on the native door")
struct NativeQueueTests {
    private let mail = ChannelName("mail")

    private func command(_ text: String) throws(NativeError) -> NativeCommand {
        try NativeDecoder.decode(Array(text.utf8).span).command
    }

    private func error(_ text: String) -> NativeError? {
        do throws(NativeError) {
            _ = try command(text)
            return nil
        } catch {
            return error
        }
    }

    @Test("know push, work, done, retry and renew")
    func commands() throws {
        let id = JobID(number: 17, attempt: 2)
        let push = #"{"type":"push","queue":"mail","data":{"a":1},"delay":5}"#
        guard case .queue(mail, .push(let data, delay: 5)) = try command(push) else {
            Issue.record("no push")
            return
        }
        #expect(String(decoding: Array(push.utf8)[data], as: UTF8.self) == #"{"a":1}"#)
        #expect(
            try command(#"{"type":"work","queue":"mail","credit":10}"#)
                == .queue(mail, .work(credit: 10, lease: nil)))
        #expect(
            try command(#"{"type":"work","queue":"mail","credit":0,"lease":60}"#)
                == .queue(mail, .work(credit: 0, lease: 60)))
        #expect(try command(#"{"type":"done","queue":"mail","id":"17-2"}"#) == .queue(mail, .done(id)))
        #expect(
            try command(#"{"type":"retry","queue":"mail","id":"17-2"}"#) == .queue(mail, .retry(id, delay: 0))
        )
        #expect(
            try command(#"{"type":"retry","queue":"mail","id":"17-2","delay":9}"#)
                == .queue(mail, .retry(id, delay: 9)))
        #expect(
            try command(#"{"type":"renew","queue":"mail","id":"17-2","lease":86400}"#)
                == .queue(mail, .renew(id, lease: 86_400)))
    }

    @Test(
        "say what is wrong, and what is accepted",
        arguments: [
            (#""push","queue":"mail""#, "'data' is missing"),
            (#""push","data":1"#, "'queue' must be a string"),
            (#""push","queue":"","data":1"#, "empty"), (#""push","queue":"roost:x","data":1"#, "reserved"),
            (#""push","queue":"mail","data":1,"delay":-1"#, "'delay' must be an integer from 0 to 31536000"),
            (#""push","queue":"mail","data":1,"delay":"1""#, "'delay'"),
            (#""work","queue":"mail""#, "'credit'"),
            (#""work","queue":"mail","credit":1001"#, "'credit' must be an integer from 0 to 1000"),
            (#""work","queue":"mail","credit":1.5"#, "'credit'"),
            (#""work","queue":"mail","credit":1,"lease":0"#, "'lease' must be an integer from 1 to 86400"),
            (#""work","queue":"mail","credit":1,"lease":86401"#, "'lease'"),
            (#""done","queue":"mail""#, "'id' must be the id of a job"),
            (#""done","queue":"mail","id":17"#, "'id'"), (#""done","queue":"mail","id":"17""#, "'id'"),
            (#""renew","queue":1,"id":"17-1""#, "'queue'"), (#""retry","id":"17-1""#, "'queue'"),
        ])
    func refused(_ members: String, _ words: String) {
        let error = error(#"{"type":\#(members)}"#)
        #expect(error?.code == .badRequest && error?.isFatal == false)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
    }

    @Test("are answered as documented")
    func answers() {
        let id = JobID(number: 17, attempt: 2)
        func text(_ build: (inout [UInt8]) -> Void) -> String {
            var bytes: [UInt8] = []
            build(&bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(
            text { NativeEncoder.appendPushed(mail, .integer(1), to: &$0) }
                == #"{"type":"pushed","queue":"mail","ref":1}"#)
        #expect(
            text { NativeEncoder.appendWorking(mail, credit: 10, .none, to: &$0) }
                == #"{"type":"working","queue":"mail","credit":10}"#)
        #expect(
            text { NativeEncoder.appendJob(mail, id, Array("[1]".utf8).span, to: &$0) }
                == #"{"type":"job","queue":"mail","id":"17-2","attempt":2,"data":[1]}"#)
        #expect(
            text { NativeEncoder.appendLeased(mail, id, [0xFF].span, to: &$0) }
                == #"{"queue":"mail","id":"17-2","attempt":2,"encoding":"base64","data":"/w=="}"#)
        #expect(
            text { NativeEncoder.append(.retried, mail, id, .none, to: &$0) }
                == #"{"type":"retried","queue":"mail","id":"17-2"}"#)
        #expect(
            text { NativeEncoder.appendRenewed(mail, id, lease: 60, .none, to: &$0) }
                == #"{"type":"renewed","queue":"mail","id":"17-2","lease":60}"#)
    }
}
