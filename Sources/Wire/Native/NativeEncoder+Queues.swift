/// What is said about queues.
extension NativeEncoder {
    /// What has become of a job, as its consumer asked.
    public enum JobAnswer: String, Sendable {
        case done
        case retried
    }

    public static func appendPushed(
        _ queue: QueueName, _ reference: NativeReference, to bytes: inout [UInt8]
    ) {
        append("pushed", queue, to: &bytes)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    public static func appendWorking(
        _ queue: QueueName, credit: Int, _ reference: NativeReference, to bytes: inout [UInt8]
    ) {
        append("working", queue, to: &bytes)
        bytes.append(#","credit":"#)
        JSON.appendInteger(Int64(credit), to: &bytes)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// - Parameter item: as it stands in the queue.
    public static func appendJob(
        _ queue: QueueName, _ id: JobID, _ item: Span<UInt8>, to bytes: inout [UInt8]
    ) {
        bytes.append(#"{"type":"job","#)
        appendMembers(queue, id, item, to: &bytes)
    }

    /// The same for HTTP, where there is no type.
    public static func appendLeased(
        _ queue: QueueName, _ id: JobID, _ item: Span<UInt8>, to bytes: inout [UInt8]
    ) {
        bytes.append(UInt8(ascii: "{"))
        appendMembers(queue, id, item, to: &bytes)
    }

    private static func appendMembers(
        _ queue: QueueName, _ id: JobID, _ item: Span<UInt8>, to bytes: inout [UInt8]
    ) {
        bytes.append(#""queue":"#)
        JSON.appendString(queue.bytes.span, to: &bytes)
        append(id, to: &bytes)
        bytes.append(#","attempt":"#)
        JSON.appendInteger(Int64(id.attempt), to: &bytes)
        bytes.append(UInt8(ascii: ","))
        JobData.appendMembers(item, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    public static func append(
        _ answer: JobAnswer, _ queue: QueueName, _ id: JobID, _ reference: NativeReference,
        to bytes: inout [UInt8]
    ) {
        append(answer.rawValue, queue, to: &bytes)
        append(id, to: &bytes)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// - Parameter lease: seconds.
    public static func appendRenewed(
        _ queue: QueueName, _ id: JobID, lease: Int, _ reference: NativeReference, to bytes: inout [UInt8]
    ) {
        append("renewed", queue, to: &bytes)
        append(id, to: &bytes)
        bytes.append(#","lease":"#)
        JSON.appendInteger(Int64(lease), to: &bytes)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ type: String, _ queue: QueueName, to bytes: inout [UInt8]) {
        bytes.append(#"{"type":"#)
        JSON.appendString(type, to: &bytes)
        bytes.append(#","queue":"#)
        JSON.appendString(queue.bytes.span, to: &bytes)
    }

    private static func append(_ id: JobID, to bytes: inout [UInt8]) {
        bytes.append(#","id":"#)
        JSON.appendString(id.description, to: &bytes)
    }
}
