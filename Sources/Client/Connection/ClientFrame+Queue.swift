import Wire

/// The commands of queues. Times are in seconds.
extension ClientFrame {
    /// - Parameter data: a valid JSON value.
    public static func push(queue: QueueName, delay: Int, data: Span<UInt8>, ref: Int64) -> [UInt8] {
        var frame = start("push", queue)
        if delay > 0 { append("delay", delay, to: &frame) }
        frame.append(#","data":"#)
        frame.append(copying: data)
        appendReference(ref, to: &frame)
        return frame
    }

    static func work(queue: QueueName, credit: Int, lease: Int, ref: Int64) -> [UInt8] {
        var frame = start("work", queue)
        append("credit", credit, to: &frame)
        append("lease", lease, to: &frame)
        appendReference(ref, to: &frame)
        return frame
    }

    static func done(queue: QueueName, id: String, ref: Int64) -> [UInt8] {
        var frame = start("done", queue, id: id)
        appendReference(ref, to: &frame)
        return frame
    }

    static func retry(queue: QueueName, id: String, delay: Int, ref: Int64) -> [UInt8] {
        var frame = start("retry", queue, id: id)
        append("delay", delay, to: &frame)
        appendReference(ref, to: &frame)
        return frame
    }

    static func renew(queue: QueueName, id: String, lease: Int, ref: Int64) -> [UInt8] {
        var frame = start("renew", queue, id: id)
        append("lease", lease, to: &frame)
        appendReference(ref, to: &frame)
        return frame
    }

    private static func start(_ type: String, _ queue: QueueName, id: String? = nil) -> [UInt8] {
        var frame = Array(#"{"type":"\#(type)","queue":"#.utf8)
        JSON.appendString(queue.bytes.span, to: &frame)
        if let id {
            frame.append(#","id":"#)
            JSON.appendString(id, to: &frame)
        }
        return frame
    }

    private static func append(_ name: String, _ value: Int, to frame: inout [UInt8]) {
        frame += ",\"\(name)\":".utf8
        JSON.appendInteger(Int64(value), to: &frame)
    }
}
