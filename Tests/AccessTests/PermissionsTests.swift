import Testing
import Wire

@testable import Access

struct PermissionsTests {
    private func name(_ text: String) throws -> ChannelName { try ChannelName(validating: text) }

    @Test("history and presence go with subscribing unless something else is said")
    func defaults() throws {
        let (room, alice) = (try name("room:1"), try name("user:alice"))
        var permissions = Permissions.nothing
        #expect(permissions.areNone)
        permissions[.subscribe] = [Array("room:*".utf8)]
        #expect(permissions.allow(.history, room) && permissions.allow(.presence, room))
        permissions[.history] = []
        #expect(!permissions.allow(.history, room) && permissions.allow(.presence, room))
        permissions.addOwn(try name("alice"))
        #expect(permissions.allow(.history, alice))
        #expect(permissions.allow(.presence, room) && permissions.allow(.presence, alice))
        #expect(!permissions.areNone)
    }

    @Test("a pattern is permitted if it can match nothing that is not")
    func patterns() throws {
        var permissions = Permissions.nothing
        permissions[.subscribe] = [Array("room:*".utf8), Array("news".utf8)]
        #expect(permissions.allow(.subscribe, allMatching: try name("room:[0-9]*")))
        #expect(permissions.allow(.subscribe, allMatching: try name("new[s]")))
        #expect(!permissions.allow(.subscribe, allMatching: try name("*")))
        #expect(!permissions.allow(.subscribe, allMatching: try name("news*")))
    }

    @Test("an administrator may do everything")
    func administrator() throws {
        for operation in Operation.allCases {
            #expect(Permissions.everything.allow(operation, try name("x")))
            #expect(Permissions.everything.allow(operation, allMatching: try name("*")))
            #expect(!Permissions.nothing.allow(operation, try name("x")))
        }
    }

    @Test("what rules permit comes on top; the first that matches counts")
    func grants() throws {
        var permissions = Permissions.nothing
        permissions[.publish] = [Array("room:1".utf8)]
        permissions.grants = [
            ChannelGrant(match: [Array("room:x*".utf8)], operations: [.publish]),
            ChannelGrant(match: [Array("room:secret*".utf8)], operations: []),
            ChannelGrant(
                match: [Array("room:*".utf8), Array("hall".utf8)], operations: [.subscribe, .publish]),
        ]
        for permitted in ["room:1", "hall", "room:x1"] {
            #expect(permissions.allow(.publish, try name(permitted)))
        }
        #expect(!permissions.allow(.publish, try name("room:secret1")))
        #expect(!permissions.allow(.subscribe, try name("room:x1")))
        #expect(!permissions.allow(.history, try name("hall")))
        #expect(!permissions.allow(.queues, try name("hall")))
        #expect(permissions.operations == [.subscribe, .publish] && !permissions.areNone)
    }

    @Test("a pattern is permitted by a rule if no rule before it could forbid what it matches")
    func grantsOfPatterns() throws {
        var permissions = Permissions.nothing
        let (open, shut) = (
            ChannelGrant(match: [Array("room:*".utf8)], operations: [.subscribe]),
            ChannelGrant(match: [Array("room:secret".utf8)], operations: [])
        )
        permissions.grants = [open, shut]
        #expect(permissions.allow(.subscribe, allMatching: try name("room:s*")))
        #expect(!permissions.allow(.subscribe, allMatching: try name("*")))
        permissions.grants = [shut, open]
        #expect(!permissions.allow(.subscribe, allMatching: try name("room:s*")))
        permissions.grants = [
            ChannelGrant(match: [Array("x*".utf8)], operations: [.subscribe]), open,
        ]
        #expect(permissions.allow(.subscribe, allMatching: try name("room:?")))
    }

    @Test("the cache answers as the permissions do, for any number of channels")
    func cache() throws {
        var permissions = Permissions.nothing
        permissions[.publish] = [Array("*5".utf8)]
        var cache = PermissionCache()
        for _ in 0..<2 {
            for number in 0..<(3 * PermissionCache.maximumCount) {
                let name = try name("room:\(number)")
                #expect(
                    cache.allowPublish(to: name, by: permissions) == permissions.allow(.publish, name))
            }
        }
    }
}
