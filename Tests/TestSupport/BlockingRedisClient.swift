import Foundation

/// A Redis client of a few lines, blocking, for what redis-cli cannot say (any bytes) or not fast enough.
public final class BlockingRedisClient {
    private let peer: SocketPeer
    private var buffer: [UInt8] = []
    private var position = 0

    public init(port: UInt16) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, size)
            }
        }
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        peer = SocketPeer(descriptor)
    }

    public func close() { Glibc.close(peer.descriptor) }

    /// Sends a command and waits for its reply: an array's elements, or the one value.
    @discardableResult
    public func command(_ arguments: [[UInt8]]) throws -> [[UInt8]] {
        var bytes = Array("*\(arguments.count)\r\n".utf8)
        for argument in arguments { bytes += Array("$\(argument.count)\r\n".utf8) + argument + [13, 10] }
        peer.write(bytes)
        buffer.removeFirst(position)
        position = 0
        return try reply()
    }

    private func reply() throws -> [[UInt8]] {
        let line = try line()
        guard let kind = line.first else { return [] }
        let count = Int(String(decoding: line.dropFirst(), as: UTF8.self)) ?? 0
        switch kind {
        case UInt8(ascii: "*"): return try (0..<max(0, count)).flatMap { _ in try reply() }
        case UInt8(ascii: "$"):
            guard count >= 0 else { return [] }
            return [Array(try take(count + 2).dropLast(2))]
        case UInt8(ascii: "-"):
            throw ChildProcess.Failure(description: String(decoding: line, as: UTF8.self))
        default: return [Array(line.dropFirst())]
        }
    }

    private func line() throws -> [UInt8] {
        var end = position
        while true {
            while end >= buffer.count { try fill() }
            if buffer[end] == 10 { break }
            end += 1
        }
        return Array(try take(end - position + 1).dropLast(2))
    }

    private func take(_ count: Int) throws -> ArraySlice<UInt8> {
        while buffer.count - position < count { try fill() }
        defer { position += count }
        return buffer[position..<position + count]
    }

    private func fill() throws {
        let more = peer.read()
        guard !more.isEmpty else {
            throw ChildProcess.Failure(description: "Redis has closed the connection")
        }
        buffer += more
    }
}
