extension NativeEncoder {
    /// The answer to `presence`.
    public static func appendPresence(
        _ channel: ChannelName, _ users: [PresentUser], hasMore: Bool, _ reference: NativeReference,
        to bytes: inout [UInt8]
    ) {
        bytes.append(#"{"type":"presence","channel":"#)
        JSON.appendString(channel.bytes.span, to: &bytes)
        bytes.append(UInt8(ascii: ","))
        appendUsers(users, hasMore: hasMore, to: &bytes)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// The members `users`, and `more` if there are more: also what HTTP answers.
    public static func appendUsers(_ users: [PresentUser], hasMore: Bool, to bytes: inout [UInt8]) {
        bytes.append(#""users":["#)
        for (index, user) in users.enumerated() {
            bytes.append(index == 0 ? #"{"user":"# : #",{"user":"#)
            if let name = user.user {
                JSON.appendString(name.bytes.span, to: &bytes)
            } else {
                bytes.append("null")
            }
            bytes.append(#","connections":"#)
            JSON.appendInteger(Int64(user.connections), to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: "]"))
        if hasMore { bytes.append(#","more":true"#) }
    }

    /// A user has come to a channel.
    public static func appendJoin(_ channel: ChannelName, _ user: UserName, to bytes: inout [UInt8]) {
        bytes.append(#"{"type":"join","channel":"#)
        append(channel, user, to: &bytes)
    }

    /// A user has gone from a channel.
    public static func appendLeave(_ channel: ChannelName, _ user: UserName, to bytes: inout [UInt8]) {
        bytes.append(#"{"type":"leave","channel":"#)
        append(channel, user, to: &bytes)
    }

    private static func append(_ channel: ChannelName, _ user: UserName, to bytes: inout [UInt8]) {
        JSON.appendString(channel.bytes.span, to: &bytes)
        bytes.append(#","user":"#)
        JSON.appendString(user.bytes.span, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}
