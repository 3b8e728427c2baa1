import SocketIO
import Wire

/// How a Socket.IO client is told what came of an event of its: the acknowledgement, or, for errors when it wants none, an
/// event. Confined to its worker's thread.
struct RelayAnswer {
    let socket: SocketIOSocket
    let acknowledgement: SocketIOAcknowledgement?

    /// It was done.
    /// - Parameter object: appends JSON.
    func succeed(_ object: (inout [UInt8]) -> Void) {
        guard let acknowledgement else { return }
        var bytes: [UInt8] = []
        object(&bytes)
        acknowledgement.answer(bytes.span)
    }

    func fail(_ code: ErrorCode, _ message: String) {
        let error = Self.error(code, message)
        guard let acknowledgement else { return socket.emit("roost:error", error.span) }
        var bytes: [UInt8] = []
        bytes.append(#"{"error":"#)
        bytes.append(contentsOf: error)
        bytes.append(UInt8(ascii: "}"))
        acknowledgement.answer(bytes.span)
    }

    /// The answer to a publish.
    func published(_ id: MessageID?, _ failure: ClientFailure?) {
        if let failure { return fail(failure.code, failure.message) }
        succeed { bytes in
            bytes.append("{")
            if let id {
                bytes.append(#""id":""#)
                id.append(to: &bytes)
                bytes.append("\"")
            }
            bytes.append("}")
        }
    }

    /// `{"code":…,"message":…}`
    static func error(_ code: ErrorCode, _ message: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(#"{"code":"#)
        JSON.appendString(code.rawValue, to: &bytes)
        bytes.append(#","message":"#)
        JSON.appendString(message, to: &bytes)
        bytes.append("}")
        return bytes
    }

    /// Appends `{"channel":…,"id":…,"recovered":…}`, or `pattern` instead of `channel`.
    static func appendSubscribed(_ topic: Topic, id: MessageID?, recovered: Bool, to bytes: inout [UInt8]) {
        append(topic, to: &bytes)
        if let id {
            bytes.append(#","id":""#)
            id.append(to: &bytes)
            bytes.append("\"")
        }
        bytes.append(recovered ? #","recovered":true}"# : #","recovered":false}"#)
    }

    /// Appends `{"channel":…,"reason":…}`.
    static func appendUnsubscribed(
        _ topic: Topic, _ reason: NativeEncoder.UnsubscribeReason, to bytes: inout [UInt8]
    ) {
        append(topic, to: &bytes)
        bytes.append(#","reason":"#)
        JSON.appendString(reason.rawValue, to: &bytes)
        bytes.append("}")
    }

    private static func append(_ topic: Topic, to bytes: inout [UInt8]) {
        bytes.append(topic.kind == .channel ? #"{"channel":"# : #"{"pattern":"#)
        JSON.appendString(topic.name.bytes.span, to: &bytes)
    }
}
