extension NativeDecoder {
    static func openInbox(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> InboxCommand {
        guard let device = members.device, device.kind != .null else { return .open(.defaultDevice) }
        return .open(try name(device, "device", frame))
    }

    static func acknowledge(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> InboxCommand {
        guard let id = try messageID(members.id, "id", frame) else {
            throw Problem("'id' must be the id of a notification, such as \"42-k3f9\"")
        }
        return .acknowledge(id)
    }
}
