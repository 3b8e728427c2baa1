import Foundation
import Testing
import Wire

@Suite("The native encoder")
struct NativeEncoderTests {
    private func text(_ append: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        append(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func name(_ text: String) throws -> ChannelName { try ChannelName(validating: text) }

    @Test("welcomes")
    func welcome() {
        #expect(
            text { NativeEncoder.appendWelcome(connection: "w\"1", user: nil, version: "0.1", to: &$0) }
                == #"{"type":"welcome","connection":"w\"1","user":null,"version":"0.1"}"#)
    }

    @Test("answers a subscription with its channel or pattern and the reference")
    func subscribed() throws {
        let chat = Topic.channel(try name("a\"é"))
        let news = Topic.pattern(try name("n.*"))
        #expect(
            text { NativeEncoder.appendSubscribed(chat, id: nil, recovered: false, .integer(-7), to: &$0) }
                == #"{"type":"subscribed","channel":"a\"é","recovered":false,"ref":-7}"#)
        #expect(
            text {
                NativeEncoder.appendSubscribed(
                    news, id: nil, recovered: false, .string(Array(#""x\n""#.utf8)), to: &$0)
            }
                == #"{"type":"subscribed","pattern":"n.*","recovered":false,"ref":"x\n"}"#)
        #expect(
            text { NativeEncoder.appendUnsubscribed(chat, reason: .requested, .none, to: &$0) }
                == #"{"type":"unsubscribed","channel":"a\"é","reason":"requested"}"#)
        #expect(
            text { NativeEncoder.appendUnsubscribed(news, reason: .requested, .integer(1), to: &$0) }
                == #"{"type":"unsubscribed","pattern":"n.*","reason":"requested","ref":1}"#)
    }

    @Test("answers publishes and pings")
    func short() {
        #expect(text { NativeEncoder.appendPublished(nil, .none, to: &$0) } == #"{"type":"published"}"#)
        #expect(
            text { NativeEncoder.appendPublished(nil, .integer(.min), to: &$0) }
                == #"{"type":"published","ref":-9223372036854775808}"#)
        #expect(text { NativeEncoder.appendPong(.none, to: &$0) } == #"{"type":"pong"}"#)
        #expect(text { NativeEncoder.appendPong(.integer(3), to: &$0) } == #"{"type":"pong","ref":3}"#)
    }

    @Test("speaks of presence")
    func presence() throws {
        let chat = try name("c\"t")
        let users = [
            PresentUser(user: try name("al"), connections: 2), PresentUser(user: nil, connections: 1),
        ]
        let listed = #""users":[{"user":"al","connections":2},{"user":null,"connections":1}]"#
        #expect(
            text { NativeEncoder.appendPresence(chat, users, hasMore: false, .integer(1), to: &$0) }
                == #"{"type":"presence","channel":"c\"t",\#(listed),"ref":1}"#)
        #expect(
            text { NativeEncoder.appendPresence(chat, [], hasMore: true, .none, to: &$0) }
                == #"{"type":"presence","channel":"c\"t","users":[],"more":true}"#)
        #expect(
            text { NativeEncoder.appendJoin(chat, users[0].user ?? chat, to: &$0) }
                == #"{"type":"join","channel":"c\"t","user":"al"}"#)
        #expect(
            text { NativeEncoder.appendLeave(chat, users[0].user ?? chat, to: &$0) }
                == #"{"type":"leave","channel":"c\"t","user":"al"}"#)
    }

    @Test("speaks of inboxes")
    func inboxes() {
        let id = MessageID(offset: 7, epoch: "ab")
        #expect(
            text { NativeEncoder.appendInbox(unread: 3, .integer(1), to: &$0) }
                == #"{"type":"inbox","unread":3,"ref":1}"#)
        #expect(
            text { NativeEncoder.appendAcknowledged(id, unread: 0, .none, to: &$0) }
                == #"{"type":"acked","id":"7-ab","unread":0}"#)
        #expect(
            text { NativeEncoder.appendRead(id, unread: 2, to: &$0) }
                == #"{"type":"read","id":"7-ab","unread":2}"#)
    }

    @Test("tells every error by its code", arguments: ErrorCode.allCases)
    func errors(_ code: ErrorCode) throws {
        let json = text {
            NativeEncoder.appendError(NativeError(code, "it's \"bad\"", reference: .integer(5)), to: &$0)
        }
        #expect(json == #"{"type":"error","code":"\#(code.rawValue)","message":"it's \"bad\"","ref":5}"#)
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
        #expect(code.rawValue.wholeMatch(of: #/[a-z_]+/#) != nil)
    }
}
