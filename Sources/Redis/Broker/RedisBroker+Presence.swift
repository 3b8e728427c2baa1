import Broker
import Wire

/// Presence: two keys per channel and one per worker in it, see Lua/presence.lua.
extension RedisBroker: PresenceBroker {
    public func updatePresence(
        _ update: PresenceUpdate, then: @escaping (Result<Bool, BrokerFailure>) -> Void
    ) {
        var arguments = [
            presenceChannel(update.channel), update.worker.bytes, String(update.timeToLive).bytes,
            (update.isWhole ? "1" : "0").bytes,
        ]
        for (user, count) in update.connections {
            arguments.append(user?.bytes ?? [])
            arguments.append(String(count).bytes)
        }
        call(.updatePresence, keys: presenceKeys(update.channel), arguments: arguments) { result in
            then(
                result.flatMap { value in
                    value.integer.map { .success($0 != 0) } ?? .failure(Self.malformed)
                })
        }
    }

    public func readPresence(
        of channel: ChannelName, then: @escaping (Result<PresenceList, BrokerFailure>) -> Void
    ) {
        call(
            .readPresence, keys: presenceKeys(channel),
            arguments: [presenceChannel(channel), String(PresenceList.maximumCount).bytes]
        ) { result in
            then(result.flatMap(Self.presenceList))
        }
    }

    private func presenceKeys(_ channel: ChannelName) -> [[UInt8]] {
        [redisKey(channel, "presence"), redisKey(channel, "presence-workers")]
    }

    private func presenceChannel(_ channel: ChannelName) -> [UInt8] {
        redisChannel(.signal("presence", of: channel))
    }

    /// What read_presence.lua returned. Anyone may have written to the keys: what is no user is left out.
    private static func presenceList(_ value: RespValue) -> Result<PresenceList, BrokerFailure> {
        guard let values = value.array, values.count % 2 == 1, let more = values[0].integer else {
            return .failure(malformed)
        }
        var users: [PresentUser] = []
        users.reserveCapacity(values.count / 2)
        for index in stride(from: 1, to: values.count, by: 2) {
            guard let name = values[index].bytes,
                let count = values[index + 1].integer.flatMap(Int.init(exactly:)), count > 0
            else { continue }
            let user = name.isEmpty ? nil : try? UserName(validating: name)
            if name.isEmpty || user != nil { users.append(PresentUser(user: user, connections: count)) }
        }
        return .success(PresenceList(users: users, hasMore: more != 0))
    }

    private static var malformed: BrokerFailure {
        .refused("the keys of this channel's presence hold something else")
    }
}
