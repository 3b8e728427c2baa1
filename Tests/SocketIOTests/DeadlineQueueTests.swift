import SocketIO
import Testing

@Suite("Deadlines")
struct DeadlineQueueTests {}
