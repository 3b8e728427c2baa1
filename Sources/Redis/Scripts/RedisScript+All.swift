extension RedisScript {
    static let publish = RedisScript(PackageResources.publish_lua)
    static let history = RedisScript(PackageResources.history_lua)
    static let renew = RedisScript(PackageResources.renew_lua)
    static let queue = RedisScript(PackageResources.queue_lua)

    /// What Redis is given at login.
    static let all: [RedisScript] = [publish, history, renew, queue]
}
