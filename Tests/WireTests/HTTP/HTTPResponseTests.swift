import Foundation
import Testing

@testable import Wire

@Suite("An HTTP response")
struct HTTPResponseTests {
    private func head(_ response: HTTPResponse, contentLength: Int = 0, keepsAlive: Bool = true) -> String {
        var bytes: [UInt8] = []
        response.appendHead(to: &bytes, contentLength: contentLength, date: "today", keepsAlive: keepsAlive)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("has its line, date, length and fields")
    func head() {
        let response = HTTPResponse(.ok, headers: [HTTPHeader("ETag", "\"a\"")], body: [1, 2])
        #expect(
            head(response, contentLength: 2)
                == "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 2\r\nETag: \"a\"\r\n\r\n")
    }

    @Test("announces the end of the connection")
    func close() {
        #expect(head(HTTPResponse(.ok), keepsAlive: false).contains("\r\nConnection: close\r\n"))
        #expect(!head(HTTPResponse(.ok)).contains("Connection"))
    }

    @Test("has no length where it has no body", arguments: [.noContent, .notModified] as [HTTPStatus])
    func bodiless(_ status: HTTPStatus) {
        #expect(status.isBodiless)
        #expect(!head(HTTPResponse(status), contentLength: 5).contains("Content-Length"))
        #expect(head(HTTPResponse(status)).contains("Date: today"))
    }

    @Test("that switches protocols has nothing but its own fields")
    func switchingProtocols() {
        let response = HTTPResponse(.switchingProtocols, headers: [HTTPHeader("Upgrade", "websocket")])
        #expect(
            head(response, keepsAlive: false)
                == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
    }

    @Test("of an error has the status, the code and the words as JSON")
    func errors() throws {
        let error = HTTPError(
            .methodNotAllowed, .methodNotAllowed, "say \"GET\"\n", headers: [HTTPHeader("Allow", "GET")])
        let response = HTTPResponse(error)
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers.contains(HTTPHeader("Content-Type", "application/json")))
        #expect(response.headers.contains(HTTPHeader("Allow", "GET")))
        let json = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: [String: String]]
        #expect(json == ["error": ["code": "method_not_allowed", "message": "say \"GET\"\n"]])
    }

    @Test("has a status line for every status")
    func statusLines() {
        for number in 100...599 {
            guard let status = HTTPStatus(rawValue: number) else { continue }
            let line = status.line.description
            #expect(line.hasPrefix("HTTP/1.1 \(number) ") && line.hasSuffix("\r\n"))
            #expect(line.utf8.count > "HTTP/1.1 200 \r\n".utf8.count)
        }
    }
}
