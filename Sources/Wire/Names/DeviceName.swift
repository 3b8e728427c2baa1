/// One of a user's devices, as its inbox knows it: held to the same rules as a channel's name.
public typealias DeviceName = ChannelName

extension DeviceName {
    /// The device of a client that did not name one.
    public static let defaultDevice = ChannelName(unchecked: Array("default".utf8))
}
