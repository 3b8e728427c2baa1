import Testing

@testable import Client

@Suite("WorkLedger")
struct WorkLedgerTests {
    @Test("a job is held until it is reported, and the report is due until it is answered")
    func wholeLife() {
        var ledger = WorkLedger(credit: 2)
        #expect(ledger.isIdle && ledger.freeCredit == 2)
        #expect(ledger.receive("1-1") == true)
        #expect(!ledger.isIdle)
        #expect(ledger.idsToRenew == ["1-1"])
        let (isDue, freesCredit) = ledger.report("1-1", .done)
        #expect(isDue && !freesCredit)
        #expect(ledger.idsToRenew.isEmpty)
        #expect(ledger.takeDue().map(\.id) == ["1-1"])
        #expect(ledger.takeDue().isEmpty)
        let ref = ledger.ask(.report(id: "1-1", .done))
        #expect(!ledger.isIdle)
        ledger.confirm(ref)
        #expect(ledger.isIdle)
    }

    @Test(
        "the loss of the connection is the loss of the leases; such jobs take their places until they are reported"
    )
    func disconnect() {
        var ledger = WorkLedger(credit: 3)
        for id in ["1-1", "2-1", "3-1"] {
            let isTaken = ledger.receive(id)
            #expect(isTaken)
        }
        _ = ledger.report("1-1", .done)
        _ = ledger.ask(.report(id: "1-1", ledger.takeDue()[0].report))
        let (working, reported) = ledger.disconnect()
        #expect(working == 2 && reported == 1)
        #expect(ledger.idsToRenew.isEmpty)
        #expect(ledger.freeCredit == 1)
        let (isDue, freesCredit) = ledger.report("2-1", .done)
        #expect(!isDue && freesCredit)
        #expect(ledger.freeCredit == 2)
        let (working2, reported2) = ledger.disconnect()
        #expect(working2 == 0 && reported2 == 0, "it is told once")
        _ = ledger.report("3-1", .done)
        #expect(ledger.isIdle)
    }

    @Test("what a refusal means depends on what was asked")
    func refusals() {
        var ledger = WorkLedger(credit: 2)
        #expect(ledger.receive("1-1") == true)
        let renewal = ledger.ask(.renew(id: "1-1"))
        #expect(ledger.idsToRenew.isEmpty, "it is under way")
        #expect(ledger.refuse(renewal, code: "unavailable") == .postponed)
        #expect(ledger.idsToRenew == ["1-1"])
        #expect(
            ledger.refuse(ledger.ask(.renew(id: "1-1")), code: "lease_lost")
                == .leaseLost(id: "1-1", wasReported: false))
        #expect(ledger.idsToRenew.isEmpty && ledger.freeCredit == 1)
        #expect(ledger.receive("2-1") == true)
        let report = ledger.ask(.report(id: "2-1", .retry(delay: 1)))
        #expect(ledger.refuse(report, code: "overloaded") == .postponed)
        #expect(ledger.takeDue().map(\.report) == [.retry(delay: 1)])
        #expect(ledger.refuse(report, code: "overloaded") == .unknown)
        let again = ledger.ask(.report(id: "2-1", .done))
        #expect(ledger.refuse(again, code: "lease_lost") == .leaseLost(id: "2-1", wasReported: true))
        #expect(ledger.refuse(ledger.ask(.work), code: "forbidden") == .fatal)
        #expect(ledger.refuse(nil, code: "unavailable") == .unknown)
    }

    @Test("a lease that ended as its job was reported is not told twice")
    func lateRenewal() {
        var ledger = WorkLedger(credit: 1)
        #expect(ledger.receive("1-1") == true)
        let renewal = ledger.ask(.renew(id: "1-1"))
        _ = ledger.report("1-1", .done)
        #expect(ledger.refuse(renewal, code: "lease_lost") == .settled)
    }

    @Test("a server cannot give jobs without end, nor one twice")
    func bounded() {
        var ledger = WorkLedger(credit: 1)
        #expect(ledger.receive("0-1") == true)
        #expect(ledger.receive("0-1") == false)
        let taken = (1...1000).count { ledger.receive("\($0)-1") }
        #expect(taken < 20)
    }

    @Test("the delay before the next attempt doubles, up to five minutes")
    func delays() {
        func delay(_ attempt: Int64) -> Int? { QueueJob(id: [0x31], attempt: attempt, data: [])?.retryDelay }
        #expect((1...4).map { delay($0) } == [1, 2, 4, 8])
        #expect(delay(9) == 256)
        #expect([10, 64, 65, .max].allSatisfy { delay($0) == 300 })
        #expect(delay(0) == nil && delay(-1) == nil)
    }
}
