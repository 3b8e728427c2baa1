extension RedisScript {
    static let publish = RedisScript(PackageResources.publish_lua)
    static let history = RedisScript(PackageResources.history_lua)

    static let notify = RedisScript(PackageResources.inbox_lua + PackageResources.notify_lua)
    static let readInbox = RedisScript(PackageResources.inbox_lua + PackageResources.read_inbox_lua)
    static let acknowledge = RedisScript(PackageResources.inbox_lua + PackageResources.acknowledge_lua)

    /// What Redis is given at login.
    static let all: [RedisScript] = [publish, history, notify, readInbox, acknowledge]
}
