import Testing

@testable import Bench

@Suite struct AcknowledgementsTests {
    private func outcome(_ text: String, number: UInt64 = 0) -> Acknowledgements.Outcome {
        Acknowledgements.outcome(Array(text.utf8).span, number: number)
    }

    @Test("the answer to the publish that is due")
    func due() {
        #expect(outcome(#"{"type":"published","ref":1000000000}"#) == .acknowledged)
        #expect(outcome(#"{"type":"published","ref":1000000007}"#, number: 7) == .acknowledged)
        #expect(outcome(#"{"type":"published","ref":1000000007}"#, number: 8_000_000_007) == .acknowledged)
    }

    @Test("another order of members, and members to come, are understood too")
    func otherForms() {
        #expect(outcome(#"{"ref":1000000000,"type":"published"}"#) == .acknowledged)
        #expect(outcome(#"{"type":"published","ref":1000000000,"id":"5-ab"}"#) == .acknowledged)
    }

    @Test("another answer than the one that is due")
    func outOfOrder() {
        #expect(outcome(#"{"type":"published","ref":1000000001}"#) == .outOfOrder)
        #expect(outcome(#"{"type":"published"}"#) == .outOfOrder)
        #expect(outcome(#"{"type":"published","ref":10000x0001}"#) == .other)
    }

    @Test("refusals carry the server's words; other frames are no answers")
    func refused() {
        #expect(
            outcome(#"{"type":"error","code":"overloaded","message":"busy","ref":1}"#)
                == .refused("busy (overloaded)"))
        #expect(outcome(#"{"type":"welcome"}"#) == .other)
        #expect(outcome("") == .other)
    }
}
