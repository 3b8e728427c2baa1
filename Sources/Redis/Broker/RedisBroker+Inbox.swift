import Broker
import Wire

/// Inboxes: six keys per user, see Lua/inbox.lua.
extension RedisBroker: InboxBroker {
    public func notify(
        _ request: NotifyRequest, then: @escaping (Result<MessageID, BrokerFailure>) -> Void
    ) {
        var keys = inboxKeys(request.user)
        if let key = request.idempotencyKey { keys.append(redisKey(request.user, "inbox:key:") + key) }
        let place = NotificationEncoder.idPosition
        call(
            .notify, keys: keys,
            arguments: inboxArguments(request.rule) + [
                inboxChannel(request.user), Array(request.notification[..<place]),
                Array(request.notification[place...]),
                String(request.timeToLive ?? request.rule.timeToLive).bytes,
                String(request.rule.size).bytes, String(StoreRequest.keyLifetime).bytes,
            ]
        ) { result in
            then(
                result.flatMap { value in
                    value.bytes.flatMap { MessageID($0.span) }.map { .success($0) }
                        ?? .failure(Self.malformed)
                })
        }
    }

    public func readInbox(
        _ request: InboxRequest, then: @escaping (Result<InboxPage, BrokerFailure>) -> Void
    ) {
        call(
            .readInbox, keys: inboxKeys(request.user),
            arguments: inboxArguments(request.rule) + [
                request.device.bytes, request.after.map { String($0.offset).bytes } ?? [],
                request.after?.epoch.bytes ?? [], String(request.limit).bytes,
                String(request.maximumBytes).bytes,
            ]
        ) { result in
            then(result.flatMap(Self.inboxPage))
        }
    }

    public func acknowledge(
        _ request: AcknowledgeRequest, then: @escaping (Result<InboxMark?, BrokerFailure>) -> Void
    ) {
        call(
            .acknowledge, keys: inboxKeys(request.user),
            arguments: inboxArguments(request.rule) + [
                request.device.bytes, String(request.id.offset).bytes, request.id.epoch.bytes,
                inboxChannel(request.user), request.origin.bytes,
            ]
        ) { result in
            then(result.flatMap { Self.mark($0, epoch: request.id.epoch) })
        }
    }

    private func inboxKeys(_ user: UserName) -> [[UInt8]] {
        ["", ":items", ":order", ":expiries", ":cursors", ":seen"].map { redisKey(user, "inbox" + $0) }
    }

    /// What Lua/inbox.lua wants to know.
    private func inboxArguments(_ rule: InboxRule) -> [[UInt8]] {
        [
            String(rule.timeToLive).bytes, MessageID.makeEpoch().bytes,
            String(InboxRule.maximumDevices).bytes,
        ]
    }

    private func inboxChannel(_ user: UserName) -> [UInt8] { redisChannel(.signal("inbox", of: user)) }

    /// What read_inbox.lua returned. Anyone may have written to the keys: what is no notification is left out.
    private static func inboxPage(_ value: RespValue) -> Result<InboxPage, BrokerFailure> {
        guard let values = value.array, values.count >= 5, let epoch = values[0].bytes,
            MessageID.isEpoch(epoch.span), let end = values[1].integer.flatMap(UInt64.init(exactly:)),
            let more = values[2].integer, let unread = values[3].integer.flatMap(Int.init(exactly:)),
            let dropped = values[4].integer.flatMap(Int.init(exactly:))
        else { return .failure(malformed) }
        let notifications = values[5...].compactMap(\.bytes)
            .filter { NotificationEncoder.isNotification($0.span) }
        return .success(
            InboxPage(
                notifications: notifications,
                end: MessageID(offset: end, epoch: String(decoding: epoch, as: UTF8.self)),
                hasMore: more != 0, unread: unread, dropped: dropped))
    }

    /// What acknowledge.lua returned.
    private static func mark(_ value: RespValue, epoch: String) -> Result<InboxMark?, BrokerFailure> {
        guard let values = value.array else { return .failure(malformed) }
        if values.isEmpty { return .success(nil) }
        guard values.count == 2, let cursor = values[0].integer.flatMap(UInt64.init(exactly:)),
            let unread = values[1].integer.flatMap(Int.init(exactly:))
        else { return .failure(malformed) }
        return .success(InboxMark(id: MessageID(offset: cursor, epoch: epoch), unread: unread))
    }

    private static var malformed: BrokerFailure { .refused("the keys of this inbox hold something else") }
}
