/// What a client of the native door says about its inbox.
public enum InboxCommand: Equatable, Sendable {
    case open(DeviceName)
    case acknowledge(MessageID)
}
