/// The members of native commands where the command is named otherwise: what other doors take as an object.
extension NativeDecoder {
    /// `{channel, data, event?, ttl?, key?, echo?}`
    /// - Parameter object: a whole JSON object; the range of the data is in it.
    public static func publish(_ object: Span<UInt8>) throws(NativeError) -> PublishCommand {
        let members = try readMembers(object)
        do throws(Problem) {
            return try publish(members, object)
        } catch {
            throw NativeError(error.code, error.message)
        }
    }

    /// `{channel}` or `{pattern}`, and `{since}` with it.
    /// - Parameter object: a whole JSON object.
    public static func topic(_ object: Span<UInt8>) throws(NativeError) -> (Topic, since: MessageID?) {
        let members = try readMembers(object)
        do throws(Problem) {
            return (try topic(members, object), try messageID(members.since, "since", object))
        } catch {
            throw NativeError(error.code, error.message)
        }
    }

    /// `{since}` alone.
    /// - Parameter object: a whole JSON object.
    public static func since(_ object: Span<UInt8>) throws(NativeError) -> MessageID? {
        let members = try readMembers(object)
        do throws(Problem) {
            return try messageID(members.since, "since", object)
        } catch {
            throw NativeError(error.code, error.message)
        }
    }
}
