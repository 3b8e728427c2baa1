import TestSupport
import Testing
import Wire

/// The examples are those of the protocol's description, but for Engine.IO's type in front.
@Suite("The Socket.IO encoder")
struct SocketIOEncoderTests {
    private func polled(_ body: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        body(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("writes what a client is told of its connection")
    func connections() {
        #expect(
            polled { SocketIOEncoder.appendConnect("/admin", id: "oSO0", for: .polling, to: &$0) }
                == "40/admin,{\"sid\":\"oSO0\"}\u{1E}")
        #expect(
            polled { SocketIOEncoder.appendConnect("/", id: "wZX3", for: .polling, to: &$0) }
                == "40{\"sid\":\"wZX3\"}\u{1E}")
        #expect(
            polled {
                SocketIOEncoder.appendConnectError("/", message: "Not \"authorized\"", for: .polling, to: &$0)
            } == "44{\"message\":\"Not \\\"authorized\\\"\"}\u{1E}")
        #expect(
            polled {
                SocketIOEncoder.appendConnectError(
                    "/a", message: "no", data: Array("{\"code\":1}".utf8), for: .polling, to: &$0)
            } == "44/a,{\"message\":\"no\",\"data\":{\"code\":1}}\u{1E}")
        #expect(polled { SocketIOEncoder.appendDisconnect("/", for: .polling, to: &$0) } == "41\u{1E}")
        #expect(
            polled { SocketIOEncoder.appendDisconnect("/admin", for: .polling, to: &$0) } == "41/admin,\u{1E}"
        )
    }

    @Test("writes events and acknowledgements")
    func events() {
        let none = [UInt8]()
        let bar = Array(#""bar""#.utf8)
        #expect(
            polled { SocketIOEncoder.appendEvent("/", "foo", none.span, for: .polling, to: &$0) }
                == "42[\"foo\"]\u{1E}")
        #expect(
            polled { SocketIOEncoder.appendEvent("/admin", "é\n", bar.span, id: 13, for: .polling, to: &$0) }
                == "42/admin,13[\"é\\n\",\"bar\"]\u{1E}")
        #expect(
            polled {
                SocketIOEncoder.appendAcknowledgement("/admin", id: 13, bar.span, for: .polling, to: &$0)
            }
                == "43/admin,13[\"bar\"]\u{1E}")
        #expect(
            polled { SocketIOEncoder.appendAcknowledgement("/", id: 0, none.span, for: .polling, to: &$0) }
                == "430[]\u{1E}")
    }

    @Test("writes attachments behind their packet, for either transport")
    func attachments() {
        let arguments = Array(#"{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}"#.utf8)
        #expect(
            polled {
                SocketIOEncoder.appendEvent(
                    "/admin", "baz", arguments.span, attachments: [[1, 2], [3, 4]], for: .polling, to: &$0)
            }
                == "452-/admin,[\"baz\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]\u{1E}"
                + "bAQI=\u{1E}bAwQ=\u{1E}")
        var frames: [UInt8] = []
        SocketIOEncoder.appendAcknowledgement(
            "/", id: 15, arguments.span, attachments: [[1, 2], [3, 4]], for: .webSocket, to: &frames)
        #expect(
            DecodedEvent.all(in: frames, role: .client) == [
                .text(#"462-15[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#),
                .binary([1, 2]), .binary([3, 4]),
            ])
    }
}
