/// Decodes what emitters publish. Pure; every byte is checked.
public enum EmitterDecoder {
    /// The most rooms, or sockets to skip, that one event may name.
    public static let maximumNames = 1_000

    public static func decode(_ bytes: Span<UInt8>) throws(EmitterError) -> EmitterMessage {
        // PROTO, the first opcode of every pickle since protocol 2. No JSON begins so.
        if bytes.count > 0, bytes[0] == 0x80 { throw .pickle }
        let members = try Members(bytes)
        guard let method = members.method else {
            if members.type?.isString("message", in: bytes) == true { throw .message }
            throw .malformed("'method' is missing")
        }
        guard let name = method.string(in: bytes) else { throw .malformed("'method' must be a string") }
        if name.span.equals("emit") { return .emit(try emission(members, bytes)) }
        if name.span.equals("disconnect") {
            return .disconnect(
                socket: try self.name(members.socket, "sid", bytes), namespace: try namespace(members, bytes))
        }
        if name.span.equals("close_room") { return .closeRoom(try self.name(members.room, "room", bytes)) }
        return .other(name)
    }

    private struct Members {
        var type: JSONValue?
        var method: JSONValue?
        var event: JSONValue?
        var data: JSONValue?
        var binary: JSONValue?
        var namespace: JSONValue?
        var room: JSONValue?
        var skipped: JSONValue?
        var socket: JSONValue?

        init(_ bytes: Span<UInt8>) throws(EmitterError) {
            do throws(JSONError) {
                var reader = try JSONObjectReader(bytes)
                while let (key, value) = try reader.next(bytes) { take(key, value, bytes) }
            } catch {
                throw .malformed("\(error)")
            }
        }

        /// The last of equal members counts, as in Python.
        private mutating func take(_ key: JSONValue, _ value: JSONValue, _ bytes: Span<UInt8>) {
            if key.isString("method", in: bytes) {
                method = value
            } else if key.isString("event", in: bytes) {
                event = value
            } else if key.isString("data", in: bytes) {
                data = value
            } else if key.isString("binary", in: bytes) {
                binary = value
            } else if key.isString("namespace", in: bytes) {
                namespace = value
            } else if key.isString("room", in: bytes) {
                room = value
            } else if key.isString("skip_sid", in: bytes) {
                skipped = value
            } else if key.isString("sid", in: bytes) {
                socket = value
            } else if key.isString("type", in: bytes) {
                type = value
            }
        }
    }

    private static func emission(
        _ members: Members, _ bytes: Span<UInt8>
    ) throws(EmitterError) -> EmitterMessage.Emission {
        guard let event = members.event?.string(in: bytes), !event.isEmpty,
            event.count <= NativeDecoder.maximumEventLength
        else {
            throw .malformed("'event' must be a string of 1 to \(NativeDecoder.maximumEventLength) bytes")
        }
        var emission = EmitterMessage.Emission(event: event, data: try data(members, bytes))
        emission.namespace = try namespace(members, bytes)
        emission.rooms = try names(members.room, "room", bytes)
        emission.skipped = try names(members.skipped, "skip_sid", bytes) ?? []
        return emission
    }

    // MARK: Data

    private static func data(
        _ members: Members, _ bytes: Span<UInt8>
    ) throws(EmitterError) -> EmitterMessage.Data {
        guard let data = members.data else { return .json(Array("null".utf8)) }
        if members.binary?.kind == .boolean(true) { return try binaryData(data, bytes) }
        return .json(try arguments(of: bytes.extracting(data.range), data.kind))
    }

    /// - Parameter data: a list of the arguments, or one argument that is no list.
    private static func arguments(
        of data: Span<UInt8>, _ kind: JSONValue.Kind
    ) throws(EmitterError) -> [UInt8] {
        guard kind == .array else { return [UInt8](copying: data) }
        let arguments = try elements(of: data)
        switch arguments.count {
        case 0: return Array("null".utf8)
        case 1: return [UInt8](copying: data.extracting(arguments[0].range))
        default: return [UInt8](copying: data)
        }
    }

    /// - Parameter data: `[arguments, "base64", …]`, with placeholders in the arguments.
    private static func binaryData(
        _ data: JSONValue, _ bytes: Span<UInt8>
    ) throws(EmitterError) -> EmitterMessage.Data {
        guard data.kind == .array else { throw .malformed("'data' must be a list where 'binary' is true") }
        let list = bytes.extracting(data.range)
        let parts = try elements(of: list)
        guard let first = parts.first else { throw .malformed("'data' is empty, and 'binary' is true") }
        let text = list.extracting(first.range)
        if parts.count == 1 { return .json(try arguments(of: text, first.kind)) }
        let arguments = first.kind == .array ? try elements(of: text) : []
        let placeholders: [SocketIOPlaceholder]
        do throws(SocketIOError) {
            placeholders = try SocketIOPlaceholder.all(
                in: text, 0..<text.count, attachments: parts.count - 1)
        } catch {
            throw .malformed(error.reason)
        }
        let whole = arguments.count == 1 ? arguments[0].range : 0..<text.count
        guard parts.count == 2, placeholders[0].range == whole else {
            throw .malformed("bytes within other data cannot be passed on")
        }
        guard let base64 = parts[1].string(in: list), let attachment = Base64.decode(base64.span) else {
            throw .malformed("an attachment must be a string in base64")
        }
        return .bytes(attachment)
    }

    private static func elements(of array: Span<UInt8>) throws(EmitterError) -> [JSONValue] {
        do throws(JSONError) {
            var reader = try JSONArrayReader(array)
            var elements: [JSONValue] = []
            while let element = try reader.next(array) { elements.append(element) }
            return elements
        } catch {
            throw .malformed("\(error)")
        }
    }

    // MARK: Names

    private static func namespace(_ members: Members, _ bytes: Span<UInt8>) throws(EmitterError) -> [UInt8] {
        guard let value = members.namespace, value.kind != .null else { return SocketIOPacket.mainNamespace }
        return try name(value, "namespace", bytes)
    }

    /// A name, or a list of names; `nil` for neither.
    private static func names(
        _ value: JSONValue?, _ member: String, _ bytes: Span<UInt8>
    ) throws(EmitterError) -> [[UInt8]]? {
        guard let value, value.kind != .null else { return nil }
        guard value.kind == .array else { return [try name(value, member, bytes)] }
        let list = bytes.extracting(value.range)
        let elements = try elements(of: list)
        guard elements.count <= maximumNames else {
            throw .malformed("'\(member)' names more than \(maximumNames)")
        }
        var names: [[UInt8]] = []
        for element in elements { names.append(try name(element, member, list)) }
        return names
    }

    /// A string; or a number as it is written, for rooms may be called by numbers in Python.
    private static func name(
        _ value: JSONValue?, _ member: String, _ bytes: Span<UInt8>
    ) throws(EmitterError) -> [UInt8] {
        if let text = value?.string(in: bytes) { return text }
        guard let value, value.kind == .number else { throw .malformed("'\(member)' must be a string") }
        return [UInt8](copying: bytes.extracting(value.range))
    }
}
