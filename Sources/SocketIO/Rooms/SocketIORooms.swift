/// Which sockets of a namespace are in which rooms; sockets go by their ids. Pure.
struct SocketIORooms {
    private var members: [String: Set<String>] = [:]
    private var rooms: [String: Set<String>] = [:]

    mutating func join(_ id: String, _ room: String) {
        members[room, default: []].insert(id)
        rooms[id, default: []].insert(room)
    }

    mutating func leave(_ id: String, _ room: String) {
        rooms[id]?.remove(room)
        if rooms[id]?.isEmpty == true { rooms[id] = nil }
        members[room]?.remove(id)
        if members[room]?.isEmpty == true { members[room] = nil }
    }

    /// The socket is gone.
    mutating func leaveAll(_ id: String) {
        for room in rooms[id] ?? [] { leave(id, room) }
    }

    func rooms(of id: String) -> Set<String> { rooms[id] ?? [] }

    func members(of room: String) -> Set<String> { members[room] ?? [] }
}
