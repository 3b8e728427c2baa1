// The server that the test suites of the two protocols' descriptions ask for: Engine.IO at /engine.io/, Socket.IO at
// /socket.io/. Prints the address that it listens on; ends in order at SIGTERM or SIGINT.
//
//   roost-socketio-fixture [HOST:PORT [PING_INTERVAL PING_TIMEOUT]]
//
// The intervals, in milliseconds, are those of the suites unless given.

import EventLoop
import Foundation
import Front

do {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let address = try ListenAddress(parsing: arguments.first ?? "127.0.0.1:0")
    let intervals = arguments.dropFirst().compactMap { UInt64($0) }
    let socket = try ListeningSocket(on: address, workers: 1)
    let loop = try EventLoop()
    let fixture = try Fixture(
        on: loop, pingInterval: intervals.first ?? 300, pingTimeout: intervals.dropFirst().first ?? 200)
    for descriptor in socket.descriptors(forWorker: 0) {
        try fixture.front.listen(on: Listener(descriptor: descriptor, ListenPoint(address)))
    }
    let watches = try [SIGTERM, SIGINT].map { number in
        try SignalWatch(on: loop, number) { fixture.stop() }
    }
    let addresses = socket.boundAddresses.map { ListenPoint($0).url }.joined(separator: " ")
    FileHandle.standardOutput.write(Data("\(addresses)\n".utf8))
    loop.run()
    for watch in watches { watch.close() }
    socket.close()
} catch {
    FileHandle.standardError.write(Data("roost-socketio-fixture: \(error)\n".utf8))
    exit(1)
}
