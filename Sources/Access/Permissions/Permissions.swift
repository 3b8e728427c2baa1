import Broker
import Wire

/// What somebody may do: for each operation the glob patterns that a name must match.
public struct Permissions: Hashable, Sendable {
    /// May do everything, and what is for administrators only.
    public var isAdministrator = false
    private var patterns: [Operation: [[UInt8]]] = [:]
    /// What rules for channels permit besides. The first that matches a channel counts.
    public var grants: [ChannelGrant] = []

    public static let nothing = Permissions()

    public static var everything: Permissions {
        var permissions = Permissions()
        permissions.isAdministrator = true
        return permissions
    }

    public init() {}

    /// The patterns that were named for an operation; `nil` where none were: then `effectivePatterns` counts.
    public subscript(_ operation: Operation) -> [[UInt8]]? {
        get { patterns[operation] }
        set { patterns[operation] = newValue }
    }

    /// Reading history and presence goes with subscribing unless something else was said.
    public func effectivePatterns(_ operation: Operation) -> [[UInt8]] {
        if let named = patterns[operation] { return named }
        return switch operation {
        case .history, .presence: patterns[.subscribe] ?? []
        case .subscribe, .publish, .queues, .inbox: []
        }
    }

    public var areNone: Bool { !isAdministrator && operations.isEmpty }

    /// What is permitted for at least one name.
    public var operations: [Operation] {
        Operation.allCases.filter { operation in
            isAdministrator || !effectivePatterns(operation).isEmpty
                || grants.contains { $0.operations.contains(operation) }
        }
    }

    public func allow(_ operation: Operation, _ name: ChannelName) -> Bool {
        isAdministrator
            || effectivePatterns(operation).contains { GlobPattern.matches($0.span, name.bytes.span) }
            || grants.first { $0.matches(name) }?.operations.contains(operation) == true
    }

    /// Whether every name that a pattern can match is permitted. Cautious: `GlobPattern.covers` says how.
    public func allow(_ operation: Operation, allMatching pattern: ChannelName) -> Bool {
        isAdministrator
            || effectivePatterns(operation).contains { GlobPattern.covers($0.span, pattern.bytes.span) }
            || isGranted(operation, allMatching: pattern)
    }

    /// A grant that does not permit it may match some of the names: it must not come before the one that covers them all.
    private func isGranted(_ operation: Operation, allMatching pattern: ChannelName) -> Bool {
        for grant in grants {
            guard grant.operations.contains(operation) else { return false }
            if grant.covers(pattern) { return true }
        }
        return false
    }

    /// Permits what everybody may with what is their own: to hear the channel `user:{name}`, and to use the inbox.
    public mutating func addOwn(_ user: UserName) {
        let name = GlobPattern.escaped(user.bytes)
        let channel = Array("user:".utf8) + name
        for operation in [Operation.subscribe, .history, .presence] {
            // Those without patterns of their own follow `subscribe`.
            if operation == .subscribe || patterns[operation] != nil {
                patterns[operation, default: []].append(channel)
            }
        }
        patterns[.inbox, default: []].append(name)
    }
}

extension Permissions {
    /// The operations that are permitted for every name there is.
    public var wideOpen: [Operation] {
        Operation.allCases.filter { operation in
            effectivePatterns(operation).contains { GlobPattern.covers($0.span, [UInt8(ascii: "*")].span) }
        }
    }
}
