internal import Glibc

/// Why an address cannot be listened on. The description is one line, fit for the person who started the server.
public struct ListenError: Error, Equatable {
    /// The system's `errno`; 0 where the reason is not the system's.
    public let code: Int32
    public let description: String

    init(_ address: ListenAddress, code: Int32) {
        self.code = code
        let advice =
            switch (code, address) {
            case (EADDRINUSE, _): "; choose another with --listen"
            case (EACCES, .tcp): "; ports below 1024 need the capability CAP_NET_BIND_SERVICE"
            case (EADDRNOTAVAIL, _): "; no interface of this machine has it"
            default: ""
            }
        description = LoopError(-code, "cannot listen on \(address)").description + advice
    }

    init(_ address: ListenAddress, _ reason: String) {
        code = 0
        description = "cannot listen on \(address): \(reason)"
    }
}

extension ListenError: CustomStringConvertible {}
