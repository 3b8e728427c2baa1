extension RedisScript {
    static let publish = RedisScript(PackageResources.publish_lua)
    static let history = RedisScript(PackageResources.history_lua)
    static let renew = RedisScript(PackageResources.renew_lua)
    static let queue = RedisScript(PackageResources.queue_lua)

    static let notify = RedisScript(PackageResources.inbox_lua + PackageResources.notify_lua)
    static let readInbox = RedisScript(PackageResources.inbox_lua + PackageResources.read_inbox_lua)
    static let acknowledge = RedisScript(PackageResources.inbox_lua + PackageResources.acknowledge_lua)
    static let updatePresence = RedisScript(
        PackageResources.presence_lua + PackageResources.update_presence_lua)
    static let readPresence = RedisScript(PackageResources.presence_lua + PackageResources.read_presence_lua)

    /// What Redis is given at login.
    static let all: [RedisScript] = [
        publish, history, renew, queue, notify, readInbox, acknowledge, updatePresence, readPresence,
    ]
}
