import Glibc
import Synchronization
import Testing

@testable import EventLoop

struct ListeningSocketTests {
    private let anyPort = ListenAddress.tcp(host: "127.0.0.1", port: 0)

    @Test("each worker has a socket of its own on one port, and all of them get connections")
    func workersShareAPort() throws {
        let listening = try ListeningSocket(on: anyPort, workers: 3)
        defer { listening.close() }
        let bound = try #require(listening.boundAddresses.first)
        let sockets = (0..<3).flatMap { listening.descriptors(forWorker: $0) }
        #expect(Set(sockets).count == 3)

        // The kernel picks by a hash of the addresses: 3 × (2/3)^200 is the chance that a socket gets none.
        let clients = try (0..<200).map { _ in try Descriptor(connectingTo: bound) }
        let accepted = sockets.map { acceptAll($0).count }
        #expect(accepted.reduce(0, +) == clients.count)
        #expect(accepted.allSatisfy { $0 > 0 })
    }

    @Test("a port that another server listens on is refused, shared or not", arguments: [1, 2])
    func portTaken(workers: Int) throws {
        let first = try ListeningSocket(on: anyPort, workers: workers)
        defer { first.close() }
        let bound = try #require(first.boundAddresses.first)
        for again in 1...2 {
            let error = #expect(throws: ListenError.self) { try ListeningSocket(on: bound, workers: again) }
            #expect(error?.code == EADDRINUSE)
            #expect(
                error?.description
                    == "cannot listen on \(bound): address already in use; choose another with --listen")
        }
        #expect(throws: Never.self) { try Descriptor(connectingTo: bound) }
    }

    @Test("of two servers that start at the same moment one at most gets the port")
    func race() throws {
        let outcomes = Mutex<[Result<ListeningSocket, ListenError>]>([])
        for _ in 1...50 {
            let chosen = try ListeningSocket(on: anyPort, workers: 1)
            let bound = try #require(chosen.boundAddresses.first)
            chosen.close()
            let threads = try (0..<2).map { _ in
                try WorkerThread {
                    let outcome = Result { () throws(ListenError) in
                        try ListeningSocket(on: bound, workers: 2)
                    }
                    outcomes.withLock { $0.append(outcome) }
                }
            }
            for thread in threads { thread.join() }
            let winners = outcomes.withLock { outcomes in
                defer { outcomes = [] }
                return outcomes.compactMap { try? $0.get() }
            }
            #expect(winners.count <= 1)
        }
    }

    @Test("a port can be listened on again as soon as it is closed, with connections left over")
    func reopen() throws {
        let first = try ListeningSocket(on: anyPort, workers: 2)
        let bound = try #require(first.boundAddresses.first)
        let client = try Descriptor(connectingTo: bound)
        let accepted = (0..<2).flatMap { first.descriptors(forWorker: $0) }.flatMap(acceptAll)
        #expect(accepted.count == 1)
        first.close()
        let second = try ListeningSocket(on: bound, workers: 2)
        second.close()
        withExtendedLifetime((client, accepted)) {}
    }

    @Test("localhost is listened on with IPv4 and IPv6, on the same port")
    func localhost() throws {
        let listening = try ListeningSocket(on: .tcp(host: "localhost", port: 0), workers: 2)
        defer { listening.close() }
        #expect(listening.descriptors(forWorker: 1).count == listening.boundAddresses.count)
        var ports: Set<UInt16> = []
        for address in listening.boundAddresses {
            guard case .tcp(let host, let port) = address else { continue }
            #expect(address.isLoopbackOrUnix && host != "localhost")
            ports.insert(port)
            #expect(throws: Never.self) { try Descriptor(connectingTo: address) }
        }
        #expect(ports.count == 1)
    }

    @Test("an IPv6 listener leaves the IPv4 port to others")
    func v6Only() throws {
        guard let six = try? ListeningSocket(on: .tcp(host: "::", port: 0), workers: 1) else { return }
        defer { six.close() }
        guard case .tcp(_, let port)? = six.boundAddresses.first else { return }
        let four = try ListeningSocket(on: .tcp(host: "0.0.0.0", port: port), workers: 1)
        four.close()
    }

    @Test(
        "what cannot be listened on is said in one line",
        arguments: [
            ("192.0.2.1:0", "; no interface of this machine has it"),
            ("no-such-host.invalid:80", "the host name is not known"),
            ("unix:/no/such/folder/roost.sock", "no such file or directory"),
        ])
    func refusals(text: String, reason: String) throws {
        let address = try ListenAddress(parsing: text)
        let error = #expect(throws: ListenError.self) { try ListeningSocket(on: address, workers: 2) }
        let description = try #require(error?.description)
        #expect(description.hasPrefix("cannot listen on \(text): "))
        #expect(description.contains(reason))
        #expect(!description.contains("\n"))
    }

    @Test("a unix socket is for owner and group, shared by the workers, and gone after close")
    func unixSocket() throws {
        let path = temporaryPath()
        let listening = try ListeningSocket(on: .unix(path: path), workers: 4)
        #expect(listening.descriptors(forWorker: 0) == listening.descriptors(forWorker: 3))
        #expect(try #require(status(of: path)).st_mode == S_IFSOCK | 0o660)
        let client = try Descriptor(connectingTo: .unix(path: path))
        #expect(acceptAll(listening.descriptors(forWorker: 2)[0]).count == 1)
        listening.close()
        listening.close()
        #expect(status(of: path) == nil)
        withExtendedLifetime(client) {}
    }

    @Test("the socket file of a server that died is replaced, that of a living one is not")
    func staleSocket() throws {
        let path = temporaryPath()
        do {
            let dead = try Descriptor(listeningAt: path)
            let error = #expect(throws: ListenError.self) {
                try ListeningSocket(on: .unix(path: path), workers: 1)
            }
            #expect(error?.code == EADDRINUSE)
            withExtendedLifetime(dead) {}
        }
        #expect(status(of: path) != nil)
        let listening = try ListeningSocket(on: .unix(path: path), workers: 1)
        #expect(throws: Never.self) { try Descriptor(connectingTo: .unix(path: path)) }
        listening.close()
    }

    @Test("a file that is not a socket is left alone")
    func notASocket() throws {
        let path = temporaryPath()
        let file = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
        close(file)
        defer { unsafe unlink(path) }
        let error = #expect(throws: ListenError.self) {
            try ListeningSocket(on: .unix(path: path), workers: 1)
        }
        #expect(error?.description.contains("is not a socket") == true)
        #expect(status(of: path) != nil)
    }

    @Test("closing does not remove the socket file of a successor")
    func successor() throws {
        let path = temporaryPath()
        let first = try ListeningSocket(on: .unix(path: path), workers: 1)
        unsafe unlink(path)
        let second = try ListeningSocket(on: .unix(path: path), workers: 1)
        first.close()
        #expect(status(of: path) != nil)
        second.close()
    }

    @Test("a path that does not fit is refused before anything is made")
    func longPath() {
        let path = "/tmp/" + String(repeating: "x", count: 120)
        let error = #expect(throws: ListenError.self) {
            try ListeningSocket(on: .unix(path: path), workers: 1)
        }
        #expect(error?.description.hasSuffix("it has a path of 125 bytes; the system allows 107") == true)
    }

    // MARK: - Help

    private func acceptAll(_ descriptor: Int32) -> [Descriptor] {
        var accepted: [Descriptor] = []
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { return accepted }
            accepted.append(Descriptor(owning: connection))
        }
    }

    private func temporaryPath() -> String {
        "/tmp/roost-test-\(getpid())-\(UInt64.random(in: 0 ... .max)).sock"
    }

    private func status(of path: String) -> stat? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status : nil
    }
}
