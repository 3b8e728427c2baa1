import Testing
import Wire

@testable import Server

@Suite("A route")
struct RouteTests {
    private func route(_ path: String) throws(HTTPError) -> Route { try Route(Array(path.utf8)) }

    private func error(_ path: String) -> HTTPError? {
        do throws(HTTPError) {
            _ = try route(path)
            return nil
        } catch {
            return error
        }
    }

    @Test("leads to the sockets, the messages and the probes")
    func known() throws {
        let chat = try ChannelName(validating: "chat")
        #expect(try route("/ws") == .nativeSocket)
        #expect(try route("/channels/chat/socket") == .plainSocket(chat))
        #expect(try route("/channels/chat/messages") == .messages(chat))
        #expect(try route("/channels/chat/presence") == .presence(chat))
        #expect(Route.presence(chat).methods == ["GET"])
        #expect(try route("/socket.io/") == .socketIO)
        #expect(try route("/socket.io") == .socketIO)
        #expect(try route("/healthz") == .health)
        #expect(try route("/readyz") == .readiness)
    }

    @Test(
        "leads to a file for any other path",
        arguments: [
            "/", "*", "//", "/index.html", "/ws/", "/WS", "//ws", "/ws/x", "/channels", "/channels/",
            "/channels/chat",
            "/channels/chat/", "/channels/chat/sockets", "/channels/chat/socket/",
            "/channels/chat/messages/1",
            "/Channels/chat/socket", "/a/chat/socket", "/healthz/", "/socket.io/x", "/socket.io//", "/../ws",
            "/%77s",
        ])
    func files(_ path: String) throws {
        #expect(try route(path) == .file)
    }

    @Test(
        "resolves percent-encoding in the channel, slashes included",
        arguments: [
            ("news.sport", "news.sport"), ("room%3A42", "room:42"), ("a%2Fb", "a/b"), ("%C3%A9%20", "é "),
            ("é", "é"),
            ("a+b", "a+b"), ("%25", "%"), ("..", ".."), ("socket", "socket"),
        ])
    func channels(_ segment: String, _ name: String) throws {
        #expect(try route("/channels/\(segment)/messages") == .messages(ChannelName(validating: name)))
        #expect(try route("/channels/\(segment)/socket") == .plainSocket(ChannelName(validating: name)))
    }

    @Test(
        "refuses a channel that may not be with 400 and the reason",
        arguments: [
            ("", "empty"), ("%", "hexadecimal"), ("a%2", "hexadecimal"), ("%zz", "hexadecimal"),
            ("%FF", "UTF-8"),
            ("%00", "control character"), ("a%0Ab", "control character"), ("roost:x", "'roost:'"),
            ("%72oost:x", "'roost:'"), (String(repeating: "a", count: 256), "256 bytes"),
        ])
    func badChannels(_ segment: String, _ words: String) {
        for door in ["socket", "messages"] {
            let error = error("/channels/\(segment)/\(door)")
            #expect(error?.status == .badRequest && error?.code == .badRequest)
            #expect(error?.message.contains(words) == true)
        }
        #expect(error("/channels/\(segment)/other") == nil)
    }

    @Test("leads to inboxes")
    func inboxes() throws {
        let user = try UserName(validating: "a/b")
        #expect(try route("/users/a%2Fb/notifications") == .notifications(user))
        let id = MessageID(offset: 42, epoch: "k3f9")
        #expect(try route("/users/a%2Fb/notifications/42-k3f9/ack") == .acknowledgement(id, of: user))
        for path in [
            "/users/a", "/users/a/", "/users/a/notifications/", "/users/a/notifications/1-a",
            "/users/a/notifications/1-a/ac", "/users/a/notifications/1-a/ack/", "/users/a/other",
        ] {
            #expect(try route(path) == .file)
        }
        #expect(error("/users/a/notifications/x/ack")?.message.contains("42-k3f9") == true)
        #expect(error("/users/%/notifications")?.message.contains("the user has a %") == true)
        #expect(error("/users//notifications")?.status == .badRequest)
        #expect(Route.notifications(user).methods == ["GET", "POST"])
        #expect(Route.acknowledgement(id, of: user).methods == ["POST"])
    }

    @Test("knows its methods")
    func methods() throws {
        #expect(try route("/ws").methods == ["GET"])
        #expect(try route("/channels/a/socket").methods == ["GET"])
        #expect(try route("/channels/a/messages").methods == ["GET", "POST"])
        for path in ["/healthz", "/readyz", "/index.html"] {
            #expect(try route(path).methods == ["GET", "HEAD"])
        }
    }
}
