import TestSupport
import Testing

@testable import SocketIO

@Suite("Rooms")
struct SocketIORoomsTests {
    @Test("have the sockets that have joined and not left")
    func rooms() {
        var rooms = SocketIORooms()
        rooms.join("one", "a")
        rooms.join("one", "a")
        rooms.join("one", "b")
        rooms.join("two", "a")
        #expect(rooms.members(of: "a") == ["one", "two"])
        #expect(rooms.rooms(of: "one") == ["a", "b"])
        rooms.leave("one", "a")
        rooms.leave("one", "none")
        #expect(rooms.members(of: "a") == ["two"])
        rooms.leaveAll("two")
        #expect(rooms.members(of: "a").isEmpty)
        #expect(rooms.rooms(of: "two").isEmpty)
        #expect(rooms.members(of: "b") == ["one"])
    }

    @Test("and sockets agree, whatever happens")
    func model() throws {
        try Fuzz.run(2_000, seeds: [[0, 1, 2, 3, 64, 65, 128, 129], [7, 7, 71]]) { input, _ in
            var rooms = SocketIORooms()
            var model: Set<[String]> = []
            for byte in input {
                let (id, room) = ("socket \(byte & 3)", "room \(byte >> 2 & 3)")
                switch byte >> 6 {
                case 0, 1:
                    rooms.join(id, room)
                    model.insert([id, room])
                case 2:
                    rooms.leave(id, room)
                    model.remove([id, room])
                default:
                    rooms.leaveAll(id)
                    model = model.filter { $0[0] != id }
                }
            }
            for number in 0..<4 {
                let members = Set(model.filter { $0[1] == "room \(number)" }.map { $0[0] })
                guard rooms.members(of: "room \(number)") == members else { return "members" }
                let joined = Set(model.filter { $0[0] == "socket \(number)" }.map { $0[1] })
                guard rooms.rooms(of: "socket \(number)") == joined else { return "rooms" }
            }
            return nil
        }
    }
}
