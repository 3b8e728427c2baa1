/// What a `ByteStream` tells its owner, on the loop's thread.
public protocol ByteStreamDelegate: AnyObject {
    /// Connected, TLS handshake and verification included.
    func streamOpened(_ stream: ByteStream)

    /// Bytes from the peer, valid during the call only.
    func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>)

    /// All that was written has gone to the system.
    func streamDrained(_ stream: ByteStream)

    /// Could not connect, or the connection ended: `nil` when the peer closed in good order. Called once at most,
    /// never after the owner's own `close()`.
    func streamClosed(_ stream: ByteStream, error: LoopError?)
}
