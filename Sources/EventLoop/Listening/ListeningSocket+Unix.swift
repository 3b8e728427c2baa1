internal import CUV
internal import Glibc

extension ListeningSocket {
    /// Binds and listens at `path`. The file is removed again if that fails half-way.
    static func openUnix(_ path: String) throws(ListenError) -> (descriptor: Int32, file: UnixSocketFile?) {
        let asked = ListenAddress.unix(path: path)
        guard let address = SocketAddress(path: path) else {
            throw ListenError(asked, "it \(ListenAddressError.pathTooLong(path.utf8.count))")
        }
        try UnixSocketFile.clear(path)
        let descriptor = try SocketCall.new(AF_UNIX, asked)
        do throws(ListenError) {
            try SocketCall.bind(descriptor, to: address, asked)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        let file = UnixSocketFile(boundAt: path)
        // Before `listen`, while nobody can connect yet: the reverse proxy's group may, others may not.
        guard unsafe chmod(path, 0o660) == 0, listen(descriptor, backlog) == 0 else {
            let error = ListenError(asked, code: errno)
            file?.remove()
            Glibc.close(descriptor)
            throw error
        }
        return (descriptor, file)
    }
}
