/// Opens many connections, a bounded number at a time, so that neither the server's backlog nor its handshakes are
/// what is measured afterwards. Confined to its loop's thread.
final class ConnectionPool {
    private(set) var connections: [any BenchSubscriber] = []
    private(set) var opened = 0
    private let count: Int
    private let ramp: Int
    private let make: (Int) -> any BenchSubscriber

    init(_ count: Int, ramp: Int, make: @escaping (Int) -> any BenchSubscriber) {
        self.count = count
        self.ramp = ramp
        self.make = make
        connections.reserveCapacity(count)
    }

    func start() { connectMore() }

    /// One of them is open: connects the next. True when that was the last.
    func noteOpened() -> Bool {
        opened += 1
        connectMore()
        return opened == count
    }

    func close() {
        for connection in connections { connection.close() }
    }

    private func connectMore() {
        while connections.count < count, connections.count - opened < ramp {
            let connection = make(connections.count)
            connections.append(connection)
            connection.connect()
        }
    }
}
