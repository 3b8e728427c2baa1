import Access
import Broker
import Testing
import Wire

@testable import Server

struct AuthenticatorTests {
    private static let secret = "0123456789abcdef0123456789abcdef"
    private let key = APIKey()

    private func authenticator(
        channels: [Settings.ChannelRule] = [], _ change: (inout Settings.Auth) -> Void
    ) -> Authenticator {
        var auth = Settings.Auth()
        change(&auth)
        var settings = Settings()
        settings.auth = auth
        settings.channels = channels
        return Authenticator(AccessPolicy(settings, KeyRing(AccessKeys(auth).fixed)))
    }

    private func guarded() -> Authenticator {
        authenticator {
            $0.secret = Self.secret
            var permissions = Permissions.nothing
            permissions[.queues] = [Array("mail".utf8)]
            $0.apiKeys = [APIKeyRule(name: "mailer", hash: key.hash, permissions: permissions)]
        }
    }

    private func token(lifetime: Int64 = 60) throws -> String {
        let key = try TokenKey.hmac(Array(Self.secret.utf8))[0]
        return try TokenMinter(key, TokenRules()).mint(
            user: try UserName(validating: "alice"), permissions: .nothing,
            now: WallClock.milliseconds() / 1_000,
            lifetime: lifetime)
    }

    private func head(_ target: String, _ fields: String = "") throws -> HTTPRequestHead {
        var decoder = HTTPHeadDecoder(maximumSize: 16384)
        let bytes = Array("GET \(target) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n".utf8)
        var position = 0
        return try #require(try decoder.next(bytes.span, &position))
    }

    @Test("without any configuration everybody is who they say they are, and may do everything")
    func open() throws {
        let open = authenticator { _ in }
        let found = try open.identify(try head("/ws?user=alice&token=x", "Authorization: Bearer y\r\n"))
        #expect(found.user?.description == "alice" && found.permissions.isAdministrator)
        #expect(try open.identify(try head("/ws")).user == nil)
        #expect(throws: HTTPError.self) { try open.identify(try head("/ws?user=")) }
    }

    @Test("rules for channels permit everybody, or everybody with a token")
    func rules() throws {
        let (news, room) = (try ChannelName(validating: "news.a"), try ChannelName(validating: "room"))
        var rule = Settings.ChannelRule(match: [Array("news.*".utf8)])
        rule.anonymous = [.subscribe]
        var other = Settings.ChannelRule(match: [Array("*".utf8)])
        other.users = [.publish]
        let ruled = authenticator(channels: [rule, other]) {
            $0.secret = Self.secret
            $0.apiKeys = [APIKeyRule(name: "mailer", hash: key.hash, permissions: .nothing)]
        }
        let anybody = try ruled.identify(try head("/ws")).permissions
        #expect(anybody.allow(.subscribe, news) && !anybody.allow(.subscribe, room))
        #expect(!anybody.allow(.history, news) && !anybody.allow(.publish, room))
        let alice = try ruled.identify(try head("/ws?token=\(token())")).permissions
        // The first rule that matches counts, also for what only the second permits.
        #expect(alice.allow(.publish, room) && !alice.allow(.publish, news) && alice.allow(.subscribe, news))
        let mailer = try ruled.identify(try head("/ws?token=\(key.text)")).permissions
        #expect(!mailer.allow(.publish, room))
    }

    @Test("rules alone are enough to ask who somebody is")
    func rulesAlone() throws {
        var rule = Settings.ChannelRule(match: [Array("news".utf8)])
        rule.anonymous = [.publish]
        let ruled = authenticator(channels: [rule]) { _ in }
        #expect(!ruled.isOpen)
        #expect(!(try ruled.identify(try head("/ws")).permissions.isAdministrator))
    }

    @Test("a token is taken from the header or the URL, not from both; other schemes are somebody else's")
    func places() throws {
        let (token, guarded) = (try token(), guarded())
        for (target, fields) in [
            ("/ws?token=\(token)", ""), ("/ws", "Authorization: Bearer \(token)\r\n"),
            ("/ws", "authorization: bearer  \(token)\r\n"),
            ("/ws?token=\(token)", "Authorization: Basic eDp5\r\n"),
        ] {
            #expect(try guarded.identify(try head(target, fields)).user?.description == "alice")
        }
        func error(_ target: String, _ fields: String = "") throws -> HTTPError? {
            #expect(throws: HTTPError.self) { try guarded.identify(try head(target, fields)) }
        }
        #expect(try error("/ws?token=\(token)", "Authorization: Bearer \(token)\r\n")?.status == .badRequest)
        #expect(try error("/ws?user=alice&token=\(token)")?.status == .badRequest)
        let missing = try error("/ws")
        #expect(missing?.status == .unauthorized && missing?.code == .unauthorized)
        #expect(missing?.headers == [HTTPHeader("WWW-Authenticate", "Bearer")])
        let bad = try error("/ws?token=\(token)x")
        #expect(bad?.headers == [HTTPHeader("WWW-Authenticate", #"Bearer error="invalid_token""#)])
        #expect(bad?.message.contains(token) == false)
    }

    @Test("an API key is somebody without a name; an unknown one is nobody")
    func apiKeys() throws {
        let guarded = guarded()
        let found = try guarded.identify(token: Array(key.text.utf8).span)
        #expect(found.user == nil && found.credentials == .apiKey && found.expires == nil)
        try found.require(.queues, try QueueName(validating: "mail"))
        let denial = #expect(throws: AccessDenial.self) {
            try found.require(.queues, try QueueName(validating: "film"))
        }
        #expect(denial?.code == .forbidden && denial?.httpError.status == .forbidden)
        #expect(throws: AccessDenial.self) { try guarded.identify(token: Array(APIKey().text.utf8).span) }
    }

    @Test("those without a token may do what is said of them, and are asked for one for the rest")
    func anonymous() throws {
        let some = authenticator {
            var permissions = Permissions.nothing
            permissions[.subscribe] = [Array("news".utf8)]
            $0.anonymous = permissions
        }
        let found = try some.identify(try head("/ws"))
        try found.require(.subscribe, .channel(try ChannelName(validating: "news")))
        let denial = #expect(throws: AccessDenial.self) {
            try found.require(.publish, try ChannelName(validating: "news"))
        }
        #expect(denial?.code == .unauthorized)
        #expect(throws: AccessDenial.self) { try found.requireAdministrator() }
        #expect(throws: HTTPError.self) { try some.identify(try head("/ws?token=\(try token())")) }
        #expect(throws: HTTPError.self) { try some.identify(try head("/ws?user=alice")) }
    }

    @Test("a token that was verified before is recognised, and ends all the same")
    func remembered() throws {
        let guarded = guarded()
        let token = Array(try token().utf8)
        let first = try guarded.identify(token: token.span)
        let again = try guarded.identify(token: token.span)
        #expect(again == first)
        var other = token
        other[other.count - 1] ^= 1
        #expect(throws: AccessDenial.self) { try guarded.identify(token: other.span) }
        var tokens = VerifiedTokens()
        tokens.add(first, for: token.span, generation: 0)
        // What other keys have signed is forgotten.
        for (generation, expected) in [(0, first), (1, nil), (1, nil), (0, nil)] as [(UInt64, Identity?)] {
            let found = tokens.find(token.span, generation: generation)
            #expect(found == expected)
        }
    }

    @Test("what each URL needs")
    func requirements() throws {
        func requirement(_ path: String, _ method: String = "GET") throws -> Requirement {
            try Route(Array(path.utf8)).requirement(method)
        }
        let (chat, mail, alice) = (
            try ChannelName(validating: "chat"), try QueueName(validating: "mail"),
            try UserName(validating: "alice")
        )
        #expect(try requirement("/channels/chat/messages") == .operation(.history, chat))
        #expect(try requirement("/channels/chat/messages", "POST") == .operation(.publish, chat))
        #expect(try requirement("/channels/chat/socket") == .operation(.subscribe, chat))
        #expect(try requirement("/channels/chat/stop", "POST") == .administrator)
        #expect(try requirement("/queues/mail") == .operation(.queues, mail))
        #expect(try requirement("/users/alice/notifications") == .operation(.inbox, alice))
        #expect(try requirement("/ws") == .entry && requirement("/healthz") == .nothing)
    }
}
