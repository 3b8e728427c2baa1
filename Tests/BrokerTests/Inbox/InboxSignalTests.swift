import Broker
import Testing
import Wire

@Suite("Signals of inboxes")
struct InboxSignalTests {
    @Test("what is written is read back")
    func roundTrip() {
        let id = MessageID(offset: 42, epoch: "k3f9")
        let notification = Array(#"{"type":"notification","id":"42-k3f9","data":" a b "}"#.utf8)
        for signal: InboxSignal in [
            .added(id, notification), .read(InboxMark(id: id, unread: 3), origin: "n1-a"),
            .read(InboxMark(id: id, unread: 0), origin: ""),
        ] {
            let payload = signal.payload
            let read = InboxSignal(payload.span)
            #expect(read == signal)
        }
    }

    @Test(
        "what no server says is nothing",
        arguments: [
            "", "N", "R", "N1-a", "X1-a {}", "N1-a {}", "N0-a {}", "R1-a", "R1-a x", "R1-a -1 x", "R 1",
            #"N1-a {"type":"notification","id":"1-a"#, #"N1-a {"type":"message","id":"1-a"}"#, "R1 1 1",
        ])
    func hostile(text: String) {
        let signal = InboxSignal(Array(text.utf8).span)
        #expect(signal == nil)
    }
}
