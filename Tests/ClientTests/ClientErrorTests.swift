import EventLoop
import Testing

@testable import Client

@Suite("ClientError")
struct ClientErrorTests {
    private func url(_ text: String = "http://h") throws -> ServerURL { try ServerURL(parsing: text) }

    @Test("what will not pass is not tried again, and an authority that is not trusted can be named")
    func unreachable() throws {
        let secure = try url("https://h")
        let away = ClientError.unreachable(secure, LoopError(message: "away"))
        #expect(away == ClientError("away", isTransient: true))
        let expired = ClientError.unreachable(secure, LoopError(message: "expired", outlook: .lasting))
        #expect(expired == ClientError("expired"))
        let untrusted = ClientError.unreachable(secure, LoopError(message: "who?", outlook: .untrusted))
        #expect(!untrusted.isTransient)
        #expect(untrusted.description.hasPrefix("who?; --ca "))
    }

    @Test("a server that hangs up on plain HTTP may want TLS")
    func hungUp() throws {
        #expect(ClientError.unreachable(try url(), nil).description.contains("https://"))
        let secure = ClientError.unreachable(try url("https://h"), nil)
        #expect(!secure.description.contains("does it want"))
        #expect(secure.isTransient)
    }

    @Test(
        "a refusal passes when the broker is away or has too much to do",
        arguments: [
            ("unavailable", true), ("overloaded", true), ("rate_limited", true), ("forbidden", false),
            ("", false),
        ])
    func refusal(_ code: String, _ isTransient: Bool) throws {
        let error = ClientError.refusal(by: try url(), code: code, text: "no")
        #expect(error == ClientError("http://h answered: no (\(code))", isTransient: isTransient))
    }

    @Test("an output whose reader has gone is no failure")
    func output() {
        #expect(ClientError.output(.readerGone) == nil)
        #expect(ClientError.output(.failed("full")) == ClientError("cannot write the output: full"))
    }
}
