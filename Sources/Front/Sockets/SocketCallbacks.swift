import CWebSockets
import EventLoop

/// What the context's callback reaches the worker by.
@safe final class EventSink {
    var events: (any SocketEvents)?
    /// What libwebsockets has made for connections with TLS (`SSL_CTX`).
    var tlsContext: OpaquePointer?

    init(_ events: any SocketEvents) { self.events = events }
}

/// The one entry from libwebsockets. Returning -1 closes the socket.
func socketCallback(
    instance: OpaquePointer?, reason: lws_callback_reasons, user: UnsafeMutableRawPointer?,
    bytes: UnsafeMutableRawPointer?, count: Int
) -> Int32 {
    switch reason {
    case LWS_CALLBACK_RAW_RX, LWS_CALLBACK_RAW_WRITEABLE, LWS_CALLBACK_RAW_CLOSE: break
    default: return 0
    }
    guard let sink = unsafe lws_context_user(lws_get_context(instance)),
        let events = unsafe Unmanaged<EventSink>.fromOpaque(sink).takeUnretainedValue().events
    else { return 0 }
    let tag = unsafe UInt(bitPattern: lws_get_opaque_user_data(instance))
    guard tag != 0 else { return 0 }
    let slot = UInt32(tag - 1)
    switch reason {
    case LWS_CALLBACK_RAW_RX:
        let buffer = unsafe UnsafeMutableBufferPointer(
            start: bytes?.assumingMemoryBound(to: UInt8.self), count: count)
        var span = unsafe MutableSpan(_unsafeElements: buffer)
        return events.socketReceived(slot: slot, &span) ? 0 : -1
    case LWS_CALLBACK_RAW_WRITEABLE:
        return events.socketWritable(slot: slot) ? 0 : -1
    default:
        events.socketClosed(slot: slot)
        return 0
    }
}

/// The same for sockets with TLS, whose host is told of its `SSL_CTX` besides.
func secureSocketCallback(
    instance: OpaquePointer?, reason: lws_callback_reasons, user: UnsafeMutableRawPointer?,
    bytes: UnsafeMutableRawPointer?, count: Int
) -> Int32 {
    switch reason {
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
        guard let sink = unsafe lws_context_user(lws_get_context(instance)) else { return -1 }
        unsafe Unmanaged<EventSink>.fromOpaque(sink).takeUnretainedValue().tlsContext = OpaquePointer(user)
        return 0
    case LWS_CALLBACK_RAW_RX:
        // It has said something after its handshake: see `adopt`.
        unsafe lws_set_timeout(instance, NO_PENDING_TIMEOUT, 0)
    case LWS_CALLBACK_RAW_CLOSE:
        // libwebsockets closes at once what the peer has ended.
        if let session = unsafe lws_get_ssl(instance) { unsafe ServerTLSContext.answerEnd(session) }
    default: break
    }
    return unsafe socketCallback(instance: instance, reason: reason, user: user, bytes: bytes, count: count)
}
