import Testing

@testable import SocketIO

@Suite("Ids of sessions")
struct SessionIDTests {
    @Test("are long, of base64url, and never twice the same")
    func ids() {
        let ids = (0..<1_000).map { _ in SessionID.make(prefix: "w1") }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /w1[A-Za-z0-9_-]{27}/) != nil })
        // Every place takes every kind of character, sooner or later.
        for place in 2..<29 { #expect(Set(ids.map { Array($0.utf8)[place] }).count > 48) }
    }
}
