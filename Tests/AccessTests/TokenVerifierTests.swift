import Testing
import Wire

@testable import Access

struct TokenVerifierTests {
    private let now = Keys.now
    private let keys: [TokenKey]
    private let key: TokenKey

    init() throws {
        keys = try TokenKey.hmac(Keys.secret)
        key = keys[0]
    }

    private func verify(
        _ token: [UInt8], _ keys: [TokenKey]? = nil, at time: Int64? = nil,
        change: (inout TokenRules) -> Void = { _ in }
    ) throws(TokenError) -> VerifiedToken {
        var rules = TokenRules()
        change(&rules)
        return try TokenVerifier(keys ?? self.keys, rules).verify(token.span, now: time ?? now)
    }

    private func claims(_ more: String = "") -> String { #"{"sub":"alice","exp":\#(now + 60)\#(more)}"# }

    @Test("a token says who somebody is, what that permits, and how long")
    func genuine() throws {
        let token = try Keys.token(
            claims(#","roost":{"subscribe":["room:*"],"publish":"room:1","admin":false,"new":1}"#), key)
        let found = try verify(token)
        #expect("\(found.user)" == "alice")
        #expect(found.expires == now + 60)
        func may(_ operation: Access.Operation, _ name: String) throws -> Bool {
            found.permissions.allow(operation, try ChannelName(validating: name))
        }
        #expect(try may(.subscribe, "room:7") && may(.history, "room:7") && may(.presence, "room:7"))
        #expect(try may(.publish, "room:1") && !may(.publish, "room:2") && !may(.queues, "mail"))
        #expect(try may(.subscribe, "user:alice") && may(.inbox, "alice") && !may(.publish, "user:alice"))
        #expect(try !may(.subscribe, "user:bob") && !may(.inbox, "bob"))
    }

    @Test("a user named like a pattern gets what is theirs and no more")
    func hostileName() throws {
        let found = try verify(try Keys.token(#"{"sub":"*","exp":\#(now + 60)}"#, key))
        #expect(found.permissions.allow(.inbox, try ChannelName(validating: "*")))
        #expect(!found.permissions.allow(.inbox, try ChannelName(validating: "bob")))
        #expect(!found.permissions.allow(.subscribe, try ChannelName(validating: "user:bob")))
    }

    @Test("each kind of key verifies what it signed, and nothing that another did")
    func kinds() throws {
        let (curve, edwards, set) = (try Keys.es256(), try Keys.edDSA(), try Keys.set("one"))
        let pairs: [(signing: TokenKey, verifying: [TokenKey])] = [
            (keys[0], keys), (keys[1], keys), (keys[2], keys),
            (curve.signing, [try TokenKey.publicKey(pem: curve.pem)]),
            (edwards.signing, [try TokenKey.publicKey(pem: edwards.pem)]),
            (set.signing, try KeySet.parse(Array(#"{"keys":[\#(set.jwk)]}"#.utf8))),
        ]
        for (index, pair) in pairs.enumerated() {
            let token = try Keys.token(claims(), pair.signing)
            for (other, candidate) in pairs.enumerated() {
                let isOwn = other == index || (other < 3 && index < 3)
                if isOwn {
                    _ = try verify(token, candidate.verifying)
                } else {
                    #expect(throws: TokenError.self) { try verify(token, candidate.verifying) }
                }
            }
        }
    }

    @Test("the token's word for the algorithm is not taken: none, and a public key as a secret, are refused")
    func algorithm() throws {
        let none = #"{"alg":"none"}"#
        #expect(throws: TokenError.unknownKey) { try verify(try Keys.token(claims(), key, header: none)) }
        var unsigned = try Keys.token(claims(), key, header: none)
        while unsigned.last != UInt8(ascii: ".") { unsigned.removeLast() }
        #expect(throws: TokenError.unknownKey) { try verify(unsigned) }
        let curve = try Keys.es256()
        let confused = try TokenKey.hmac(Array(curve.pem.utf8))[0]
        for header in [nil, #"{"alg":"ES256"}"#] {
            let token = try Keys.token(claims(), confused, header: header)
            #expect(throws: TokenError.self) { try verify(token, [try TokenKey.publicKey(pem: curve.pem)]) }
        }
        let token = try Keys.token(claims(), keys[2], header: #"{"alg":"HS256"}"#)
        #expect(throws: TokenError.badSignature) { try verify(token) }
    }

    @Test("a token that names a key is held to it")
    func named() throws {
        let (one, two) = (try Keys.set("one"), try Keys.set("two"))
        let set = try KeySet.parse(Array(#"{"keys":[\#(one.jwk),\#(two.jwk)]}"#.utf8))
        func header(_ id: String) -> String { #"{"alg":"EdDSA","kid":"\#(id)"}"# }
        _ = try verify(try Keys.token(claims(), one.signing, header: header("one")), set)
        _ = try verify(try Keys.token(claims(), two.signing), set)
        #expect(throws: TokenError.badSignature) {
            try verify(try Keys.token(claims(), two.signing, header: header("one")), set)
        }
        #expect(throws: TokenError.unknownKey) {
            try verify(try Keys.token(claims(), two.signing, header: header("three")), set)
        }
        // A key from a file of its own has no name.
        let named = #"{"alg":"HS256","kid":"any"}"#
        _ = try verify(try Keys.token(claims(), key, header: named), keys + set)
    }

    @Test("exp and nbf hold to the second, with the leeway")
    func time() throws {
        let token = try Keys.token(#"{"sub":"a","exp":1000,"nbf":500}"#, key)
        for leeway: Int64 in [0, 10, 300] {
            let change: (inout TokenRules) -> Void = { $0.leeway = leeway }
            _ = try verify(token, at: 999 + leeway, change: change)
            _ = try verify(token, at: 500 - leeway, change: change)
            #expect(throws: TokenError.expired) { try verify(token, at: 1000 + leeway, change: change) }
            #expect(throws: TokenError.notYetValid) { try verify(token, at: 499 - leeway, change: change) }
        }
        _ = try verify(try Keys.token(#"{"sub":"a","exp":1000.9}"#, key), at: 1009)
        for extreme: Int64 in [.max, .min + 1] {
            let token = try Keys.token(#"{"sub":"a","exp":\#(Int64.max),"nbf":\#(extreme)}"#, key)
            if extreme > 0 {
                #expect(throws: TokenError.notYetValid) { try verify(token) }
            } else {
                _ = try verify(token)
            }
        }
    }

    @Test("a token must end, unless it need not")
    func expiry() throws {
        let token = try Keys.token(#"{"sub":"a"}"#, key)
        #expect(throws: TokenError.badClaim("'exp' is missing")) { try verify(token) }
        #expect(try verify(token) { $0.requiresExpiry = false }.expires == nil)
    }

    @Test("the audience and the issuer must be those that are wanted")
    func audience() throws {
        let (one, list, none) = (
            try Keys.token(claims(#","aud":"roost","iss":"me""#), key),
            try Keys.token(claims(#","aud":["x","roost"]"#), key), try Keys.token(claims(), key)
        )
        let wanted: (inout TokenRules) -> Void = { $0.audience = ["other", "roost"] }
        _ = try verify(one, change: wanted)
        _ = try verify(list, change: wanted)
        #expect(throws: TokenError.otherAudience) { try verify(none, change: wanted) }
        #expect(throws: TokenError.otherAudience) { try verify(one) { $0.audience = ["roos"] } }
        #expect(throws: TokenError.otherAudience) { try verify(one) }
        let issued = try Keys.token(claims(#","iss":"me""#), key)
        _ = try verify(issued) { $0.issuer = "me" }
        #expect(throws: TokenError.otherIssuer) { try verify(issued) { $0.issuer = "you" } }
        #expect(throws: TokenError.otherIssuer) { try verify(none) { $0.issuer = "me" } }
    }

    @Test(
        "claims that are not as they must be are refused, and so are those that stand twice",
        arguments: [
            #"{"exp":1900000000}"#, #"{"sub":7,"exp":1900000000}"#, #"{"sub":"","exp":1900000000}"#,
            #"{"sub":"a\u0000","exp":1900000000}"#, #"{"sub":"roost:x","exp":1900000000}"#,
            #"{"sub":"a","exp":"1900000000"}"#, #"{"sub":"a","exp":1e99}"#, #"{"sub":"a","exp":null}"#,
            #"{"sub":"a","exp":1900000000,"exp":1900000000}"#, #"{"sub":"a","sub":"b","exp":1900000000}"#,
            #"{"sub":"a","exp":1900000000,"aud":7}"#, #"{"sub":"a","exp":1900000000,"iss":[]}"#,
            #"{"sub":"a","exp":1900000000,"roost":[]}"#, #"{"sub":"a","exp":1900000000,"roost":{"admin":1}}"#,
            #"{"sub":"a","exp":1900000000,"roost":{"subscribe":[1]}}"#,
            #"{"sub":"a","exp":1900000000,"roost":{"subscribe":[""]}}"#,
            #"{"sub":"a","exp":1900000000,"roost":{"admin":true,"admin":true}}"#, #"[]"#, #"{}x"#, "",
        ])
    func badClaims(claims: String) throws {
        let error = #expect(throws: TokenError.self) { try verify(try Keys.token(claims, key)) }
        guard case .badClaim = error else {
            Issue.record("\(error?.description ?? "")")
            return
        }
    }

    @Test(
        "what is no token is refused",
        arguments: ["", ".", "..", "a.b", "a.b.c.d", "!.!.!", "e30.e30.", "e30=.e30.e30", "roost_x", "\u{0}"])
    func malformed(text: String) {
        #expect(throws: TokenError.self) { try verify(Array(text.utf8)) }
    }

    @Test("a header with what must be understood, or with a member twice, is refused")
    func header() throws {
        for header in [
            #"{"alg":"HS256","crit":["x"]}"#, #"{"alg":"HS256","b64":false}"#,
            #"{"alg":"HS256","alg":"HS256"}"#,
            #"{"alg":1}"#, #"{"typ":"JWT"}"#, #"{"alg":"HS256","kid":1}"#, "[]",
        ] {
            let token = try Keys.token(claims(), key, header: header)
            let error = #expect(throws: TokenError.self) { try verify(token) }
            guard case .malformed = error else {
                Issue.record("\(header): \(error?.description ?? "")")
                continue
            }
        }
    }

    @Test("a token that is too long is refused")
    func tooLong() throws {
        let token = try Keys.token(claims(#","x":"\#(String(repeating: "x", count: 8192))""#), key)
        #expect(throws: TokenError.self) { try verify(token) }
    }

    @Test("what is minted is verified, with all that it permits")
    func minted() throws {
        var rules = TokenRules()
        rules.audience = ["roost"]
        rules.issuer = "me"
        var permissions = Permissions.nothing
        permissions[.subscribe] = [Array("room:*".utf8), Array("\"\\é".utf8)]
        permissions[.history] = []
        let user = try UserName(validating: "bob \"b\"")
        let token = try TokenMinter(key, rules).mint(
            user: user, permissions: permissions, now: now, lifetime: 60)
        let found = try TokenVerifier(keys, rules).verify(Array(token.utf8).span, now: now)
        permissions.addOwn(user)
        #expect(found == VerifiedToken(user: user, permissions: permissions, expires: now + 60))
    }
}
