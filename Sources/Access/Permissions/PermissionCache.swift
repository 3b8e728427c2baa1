import Wire

/// Remembers which channels one client may publish to, so that a publish costs one look-up. Holds for one set of
/// permissions; bounded.
public struct PermissionCache {
    private var answers: [ChannelName: Bool] = [:]

    static let maximumCount = 64

    public init() {}

    public mutating func allow(
        _ operation: Operation, _ name: ChannelName, by permissions: borrowing Permissions
    ) -> Bool {
        if permissions.isAdministrator { return true }
        if let answer = answers[name] { return answer }
        let answer = permissions.allow(operation, name)
        if answers.count >= Self.maximumCount { answers.removeAll(keepingCapacity: true) }
        answers[name] = answer
        return answer
    }
}
