import Testing
import Wire

@testable import Server

@Suite("Origin rules")
struct OriginRulesTests {
    private func isAdmitted(_ origin: String?, host: String?, _ patterns: [String] = []) throws -> Bool {
        var text = "POST /x HTTP/1.1\r\n"
        if let host { text += "Host: \(host)\r\n" }
        if let origin { text += "Origin: \(origin)\r\n" }
        let bytes = Array((text + "\r\n").utf8)
        var decoder = HTTPHeadDecoder(maximumSize: 4_096)
        var position = 0
        guard let head = try decoder.next(bytes.span, &position) else { return false }
        return (try? OriginRules(patterns).admit(head)) != nil
    }

    @Test("the server's own pages, and what is no page, are let in")
    func same() throws {
        #expect(try isAdmitted(nil, host: "h"))
        #expect(try isAdmitted("http://h", host: "h"))
        #expect(try isAdmitted("http://H:8080", host: "h:8080"))
        #expect(try isAdmitted("https://h", host: "h:443"))
        #expect(try isAdmitted("https://h:443", host: "h"))
        #expect(try isAdmitted("http://h", host: "h:80"))
        #expect(try isAdmitted("http://[::1]:1", host: "[::1]:1"))
    }

    @Test(
        "pages of others are not",
        arguments: [
            "http://evil", "http://h:81", "http://h.evil", "http://evil/h", "https://", "http://", "null",
            "h",
            "file://h", "http://h@evil", "http://h:80:80",
        ])
    func others(origin: String) throws {
        #expect(try !isAdmitted(origin, host: "h"))
        #expect(try !isAdmitted(origin, host: "h:8080"))
    }

    @Test("those that are listed are")
    func listed() throws {
        #expect(try isAdmitted("https://a.example.com", host: "h", ["https://*.example.com"]))
        #expect(try !isAdmitted("https://example.org", host: "h", ["https://*.example.com"]))
        #expect(try isAdmitted("null", host: "h", ["*"]))
    }
}
