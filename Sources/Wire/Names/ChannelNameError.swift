/// Why a channel name was refused. The description is fit for the client that sent it.
public enum ChannelNameError: Error, Equatable {
    case empty
    case tooLong(Int)
    case notUTF8
    case controlCharacter
    case reserved
}

extension ChannelNameError: CustomStringConvertible {
    public var description: String {
        let accepted = "a name is 1 to \(ChannelName.maximumLength) bytes of UTF-8 without control characters"
        return switch self {
        case .empty: "the channel name is empty; \(accepted)"
        case .tooLong(let count): "the channel name has \(count) bytes; \(accepted)"
        case .notUTF8: "the channel name is not valid UTF-8; \(accepted)"
        case .controlCharacter: "the channel name has a control character; \(accepted)"
        case .reserved: "channel names that begin with '\(ChannelName.reservedPrefix)' are reserved"
        }
    }
}
