/// Why messages may be missing in what a subscription gives.
enum MessageLoss: Equatable {
    /// The history's older messages were dropped before they could be read.
    case trimmed
    /// The stream ended (it had expired, or was flushed), and another one began or will.
    case forgotten
    /// More came than could be held while older ones were read; those without an id are in no history.
    case flooded

    /// In words, for the user.
    /// - Parameter channel: its name, fit for a terminal.
    func notice(of channel: String) -> String {
        let reason =
            switch self {
            case .trimmed: "its history does not reach back to the last one"
            case .forgotten: "its history was forgotten and begins anew"
            case .flooded: "too many came while older ones were read"
            }
        return "messages of \(channel) may be missing: \(reason)"
    }
}
