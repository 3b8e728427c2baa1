import TestSupport
import Testing
import Wire

@Suite("A Socket.IO decoder, fed mutated packets")
struct SocketIODecoderFuzzTests {
    private static let seeds = [
        "0", #"0/admin,{"token":"123"}"#, "1/admin,", #"2["foo"]"#, #"212["foo",{"a":[1,null]},"é"]"#, "30[]",
        #"3/admin,13["bar"]"#, #"51-["baz",{"_placeholder":true,"num":0}]"#,
        #"52-/a,7["a",{"x":[{"num":1,"_placeholder":true}]},{"_placeholder":true,"num":0}]"#,
        #"61-15[{"_placeholder":true,"num":0}]"#, #"4{"message":"no"}"#,
    ].map { Array($0.utf8) }

    @Test("takes only what is as the protocol says, and what the encoder writes alike")
    func packets() throws {
        try Fuzz.run(30_000, seeds: Self.seeds) { input, generator in
            var decoder = SocketIODecoder(maximumAttachments: 4, maximumSize: 500)
            var text = input
            guard var packet = try? decoder.receive(text: input.span) ?? Self.placeholder else { return nil }
            if packet == Self.placeholder {
                var whole: SocketIOPacket?
                for number in 0..<4 where whole == nil {
                    let attachment = generator.bytes(number)
                    guard let next = try? decoder.receive(binary: attachment.span) ?? Self.placeholder else {
                        return nil
                    }
                    if next != Self.placeholder { whole = next }
                }
                guard let whole else { return "more attachments than may be" }
                packet = whole
                text = decoder.assembled
            }
            return Self.check(packet, text)
        }
    }

    /// Stands for "not yet".
    private static let placeholder = SocketIOPacket(namespace: [], content: .disconnect)

    private static func check(_ packet: SocketIOPacket, _ text: [UInt8]) -> String? {
        guard UTF8Validator.isValid(packet.namespace.span), packet.namespace.first == UInt8(ascii: "/") else {
            return "a bad namespace"
        }
        let namespace = String(decoding: packet.namespace, as: UTF8.self)
        var written: [UInt8] = []
        switch packet.content {
        case .connect(let auth):
            if let auth, (try? JSON.validate(text[auth].span))?.kind != .object { return "bad auth" }
            return nil
        case .disconnect: return nil
        case .event(let name, let arguments, let id):
            guard UTF8Validator.isValid(name.span), !SocketIOEventName.isReserved(name.span) else {
                return "a bad name"
            }
            SocketIOEncoder.appendEvent(
                namespace, String(decoding: name, as: UTF8.self), text[arguments.range].span,
                attachments: arguments.attachments, id: id, for: .polling, to: &written)
        case .acknowledgement(let arguments, let id):
            SocketIOEncoder.appendAcknowledgement(
                namespace, id: id, text[arguments.range].span, attachments: arguments.attachments,
                for: .polling,
                to: &written)
        }
        guard let again = DecodedPacket(polled: written) else { return "what is written is not taken" }
        return again == DecodedPacket(packet, in: text) ? nil : "written again it is something else"
    }
}
