import Access
import ArgumentParser
import Wire

/// What a token permits, on the command line.
struct PermissionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A glob pattern of channels to subscribe to. Repeatable.", valueName: "pattern"))
    var subscribe: [String] = []

    @Option(help: ArgumentHelp("A glob pattern of channels to publish to. Repeatable.", valueName: "pattern"))
    var publish: [String] = []

    @Option(
        help: ArgumentHelp(
            "A glob pattern of channels to read the history of. Repeatable. (default: as --subscribe)",
            valueName: "pattern"))
    var history: [String] = []

    @Option(
        help: ArgumentHelp(
            "A glob pattern of channels to see the users of. Repeatable. (default: as --subscribe)",
            valueName: "pattern"))
    var presence: [String] = []

    @Option(help: ArgumentHelp("A glob pattern of queues to use. Repeatable.", valueName: "pattern"))
    var queues: [String] = []

    @Option(
        help: ArgumentHelp(
            "A glob pattern of users whose inboxes to use, besides one's own. Repeatable.",
            valueName: "pattern"))
    var inbox: [String] = []

    @Flag(help: "Permit everything, and what is for administrators only.")
    var admin = false

    /// - Throws: wrong usage.
    func permissions() throws -> Permissions {
        var permissions = Permissions.nothing
        permissions.isAdministrator = admin
        for operation in Operation.allCases {
            let given = texts(operation)
            guard !given.isEmpty else { continue }
            permissions[operation] = try given.map { try NameArgument.check($0, "pattern").bytes }
        }
        return permissions
    }

    private func texts(_ operation: Operation) -> [String] {
        switch operation {
        case .subscribe: subscribe
        case .publish: publish
        case .history: history
        case .presence: presence
        case .queues: queues
        case .inbox: inbox
        }
    }
}
