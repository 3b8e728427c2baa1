import ArgumentParser
import Wire

/// Names on the command line: of channels, users and queues, which have the same rules.
enum NameArgument {
    /// - Parameter kind: `user`, for the message.
    /// - Throws: wrong usage.
    static func check(_ text: String, _ kind: String) throws -> ChannelName {
        do throws(ChannelNameError) {
            return try ChannelName(validating: text)
        } catch {
            throw ValidationError(error.description.replacing("channel name", with: "\(kind) name"))
        }
    }
}
