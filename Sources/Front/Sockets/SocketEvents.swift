/// What libwebsockets reports of one context's sockets, by the slot each was adopted with. On the loop's thread.
protocol SocketEvents: AnyObject {
    /// Bytes arrived; they may be changed in place, and are gone after the call. False closes the socket.
    func socketReceived(slot: UInt32, _ bytes: inout MutableSpan<UInt8>) -> Bool

    /// A blocked socket has taken all that libwebsockets kept of it. False closes the socket.
    func socketWritable(slot: UInt32) -> Bool

    /// The socket is gone, by whichever side. The last call for this slot's tenant.
    func socketClosed(slot: UInt32)
}
