import Testing
import Wire

@Suite("Notifications")
struct NotificationEncoderTests {
    private func encode(
        event: String? = nil, from: String? = nil, _ data: [UInt8], _ form: MessageEncoder.DataForm
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        NotificationEncoder.append(
            event: event.map { Array($0.utf8) }, from: from.map { Array($0.utf8) }, time: 1_763_694_000_123,
            data: data.span, form: form, to: &bytes)
        return bytes
    }

    @Test("the members stand in their order, the id where it belongs")
    func order() {
        var bytes: [UInt8] = [7]
        NotificationEncoder.append(
            encode(event: "mail", from: "bob", Array("[1]".utf8), .json).span,
            id: MessageID(offset: 42, epoch: "k3f9"), to: &bytes)
        #expect(
            String(decoding: bytes.dropFirst(), as: UTF8.self)
                == #"{"type":"notification","id":"42-k3f9","event":"mail","from":"bob","time":1763694000123,"data":[1]}"#
        )
    }

    @Test("text becomes a string, bytes become base64, the event has a name")
    func forms() {
        #expect(
            String(decoding: encode(Array("a\"b".utf8), .text), as: UTF8.self)
                == #"{"type":"notification","event":"notification","time":1763694000123,"data":"a\"b"}"#)
        #expect(
            String(decoding: encode([0xFF], .binary), as: UTF8.self)
                == #"{"type":"notification","event":"notification","time":1763694000123,"encoding":"base64","data":"/w=="}"#
        )
    }

    @Test("what is fit for a client is told from what is not")
    func isNotification() {
        var bytes: [UInt8] = []
        NotificationEncoder.append(
            encode(Array("x".utf8), .text).span, id: MessageID(offset: 1, epoch: "a"), to: &bytes)
        #expect(isNotification(bytes))
        #expect(!isNotification(bytes.dropLast()))
        #expect(!isNotification(encode(Array("x".utf8), .text)), "it has no id")
        #expect(!isNotification(bytes.map { $0 == UInt8(ascii: "x") ? 0xFF : $0 }))
        #expect(!isNotification(Array("[]".utf8)))
    }

    private func isNotification(_ bytes: [UInt8]) -> Bool { NotificationEncoder.isNotification(bytes.span) }
}
