import Testing
import Wire

@testable import Server

@Suite("The auth of a Socket.IO client")
struct RelayCredentialsTests {
    private func read(_ auth: String) throws(HTTPError) -> RelayCredentials {
        try RelayCredentials(Array(auth.utf8).span)
    }

    private func identity(_ auth: String, query: String) throws -> Identity {
        let bytes = Array("GET /socket.io/\(query) HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        var decoder = HTTPHeadDecoder(maximumSize: 4096)
        var position = 0
        let head = try #require(try decoder.next(bytes.span, &position))
        return try Authenticator(.open).identify(head, try read(auth))
    }

    @Test("says who it is, what proves it, and where it was")
    func members() throws {
        let read = try read(#"{"user":"\u0061","token":"t","since":"42-k3f9","more":[1]}"#)
        #expect(read.user == [UInt8(ascii: "a")])
        #expect(read.token == [UInt8(ascii: "t")])
        #expect(read.since == MessageID(offset: 42, epoch: "k3f9"))
        let none = try self.read(#"{"user":null}"#)
        #expect(none.user == nil && none.token == nil && none.since == nil)
    }

    @Test("counts before the URL")
    func precedence() throws {
        let (alice, bob) = (try UserName(validating: "alice"), try UserName(validating: "bob"))
        #expect(try identity(#"{"user":"alice"}"#, query: "?user=bob").user == alice)
        #expect(try identity("{}", query: "?user=bob").user == bob)
        #expect(try identity("{}", query: "").user == nil)
    }

    @Test(
        "is refused where a member cannot be what it should",
        arguments: [#"{"user":1}"#, #"{"token":{}}"#, #"{"since":"x"}"#, "[]"])
    func refusals(auth: String) {
        #expect(throws: HTTPError.self) { try read(auth) }
    }

    @Test("is refused for a name that cannot be one")
    func names() {
        #expect(throws: HTTPError.self) { try identity(#"{"user":""}"#, query: "") }
        #expect(throws: HTTPError.self) { try identity(#"{"user":"roost:x"}"#, query: "") }
    }
}
