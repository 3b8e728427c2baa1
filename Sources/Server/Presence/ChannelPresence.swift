import Broker
import Hub
import Wire

/// Who of one worker is in one channel, and what the broker has still to be told of it. Pure.
struct ChannelPresence {
    private struct Member {
        let user: UserName?
        /// Is told who comes and goes.
        let isNative: Bool
    }

    private var members: [ConnectionID: Member] = [:]
    /// Connections that are about to come in: for their sake the channel's signal is listened to already.
    private var expected: Set<ConnectionID> = []
    private var counts: [UserName?: Int] = [:]
    /// Whose count the broker does not know yet.
    private var changed: Set<UserName?> = []
    /// The broker may have forgotten, or never have been told.
    private var mustTellAll = true

    /// Nobody needs it any more. There may still be something to tell.
    var isEmpty: Bool { members.isEmpty && expected.isEmpty }

    var nativeConnections: [ConnectionID] { members.lazy.filter(\.value.isNative).map(\.key) }

    mutating func expect(_ connection: ConnectionID) {
        if members[connection] == nil { expected.insert(connection) }
    }

    /// - Returns: whether it was not there before.
    mutating func enter(_ connection: ConnectionID, _ user: UserName?, isNative: Bool) -> Bool {
        expected.remove(connection)
        guard members[connection] == nil else { return false }
        members[connection] = Member(user: user, isNative: isNative)
        counts[user, default: 0] += 1
        changed.insert(user)
        return true
    }

    /// - Returns: whether it was there.
    mutating func leave(_ connection: ConnectionID) -> Bool {
        expected.remove(connection)
        guard let member = members.removeValue(forKey: connection) else { return false }
        let count = (counts[member.user] ?? 0) - 1
        counts[member.user] = count > 0 ? count : nil
        changed.insert(member.user)
        return true
    }

    /// There is something to be told.
    var hasNews: Bool { mustTellAll || !changed.isEmpty }

    /// What was told may be lost.
    mutating func tellAll() { mustTellAll = true }

    /// What is to be told now; `nil` for nothing.
    mutating func takeUpdate(_ channel: ChannelName, worker: String) -> PresenceUpdate? {
        guard hasNews else { return nil }
        let isWhole = mustTellAll
        var connections = isWhole ? counts : [:]
        if !isWhole { for user in changed { connections[user] = counts[user] ?? 0 } }
        mustTellAll = false
        changed = []
        return PresenceUpdate(
            channel: channel, worker: worker, connections: connections, isWhole: isWhole)
    }

    /// That nothing has changed; `nil` where nobody is in the channel.
    func heartbeat(_ channel: ChannelName, worker: String) -> PresenceUpdate? {
        members.isEmpty
            ? nil : PresenceUpdate(channel: channel, worker: worker, connections: [:], isWhole: false)
    }
}
