import Testing

@testable import Server

@Suite("The owner of a session")
struct SessionOwnerTests {
    @Test("is found by what the id begins with", arguments: [0, 9, 35, 36, 255])
    func roundTrip(worker: Int) {
        let owner = SessionOwner(worker: worker)
        #expect(SessionOwner(owner.prefix + "dLfU-BwlJ_WMMml") == owner)
    }

    @Test(
        "is not found in what no worker has given out",
        arguments: ["", "_", "abc", "-1_x", "+1_x", "A_x", "00_x", "99999999999999999999_x", "é_x"])
    func nonsense(session: String) { #expect(SessionOwner(session) == nil) }
}
