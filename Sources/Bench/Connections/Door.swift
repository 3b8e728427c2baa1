import Client

/// Which of the server's WebSocket doors a run uses.
public enum Door: String, Sendable, CaseIterable {
    /// `/ws`: JSON frames.
    case native
    /// `/channels/{c}/socket`: bare text.
    case plain

    func path(channel: String) -> String {
        switch self {
        case .native: DoorPath.native
        case .plain: DoorPath.plain(channel: channel)
        }
    }
}
