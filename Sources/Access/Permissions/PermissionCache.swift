import Wire

/// Remembers which channels one client may publish to, so that a publish costs one look-up. Holds for one set of
/// permissions; bounded.
public struct PermissionCache {
    private var answers: [ChannelName: Bool] = [:]

    static let maximumCount = 64

    public init() {}

    /// Whether these permissions allow to publish to a channel.
    public mutating func allowPublish(to name: ChannelName, by permissions: borrowing Permissions) -> Bool {
        if permissions.isAdministrator { return true }
        if let answer = answers[name] { return answer }
        let answer = permissions.allow(.publish, name)
        if answers.count >= Self.maximumCount { answers.removeAll(keepingCapacity: true) }
        answers[name] = answer
        return answer
    }
}
