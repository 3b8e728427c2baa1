import ArgumentParser
import Client
import Glibc
import Wire

/// What is to be sent: an argument, or the lines of standard input.
enum MessageArgument {
    /// - Parameter kind: `message`, for the error.
    /// - Throws: wrong usage, if the argument is none that can be sent.
    static func check(_ data: String?, isJSON: Bool, _ kind: String) throws {
        guard let data else { return }
        do throws(ClientError) {
            _ = try PublishInput(isJSON: isJSON).value(of: Array(data.utf8))
        } catch {
            throw ValidationError("the \(kind) \(error)")
        }
    }

    /// - Throws: wrong usage, if the name of `--event` is too short or too long.
    static func check(event: String?) throws {
        guard let event, !(1...NativeDecoder.maximumEventLength).contains(event.utf8.count) else { return }
        throw ValidationError("--event must be 1 to \(NativeDecoder.maximumEventLength) bytes")
    }

    static func source(_ data: String?) -> MessageSource.Kind {
        data.map { .message(Array($0.utf8)) } ?? .lines(descriptor: STDIN_FILENO)
    }
}
