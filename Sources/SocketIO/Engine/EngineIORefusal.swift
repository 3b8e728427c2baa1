import Wire

/// Why a request is not served, as the reference server says it: `{"code":0,"message":"Transport unknown"}`, 400.
enum EngineIORefusal: Int, Error {
    case unknownTransport = 0
    case unknownSession = 1
    case badMethod = 2
    case badRequest = 3
    case unsupportedVersion = 5

    private var message: String {
        switch self {
        case .unknownTransport: "Transport unknown"
        case .unknownSession: "Session ID unknown"
        case .badMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .unsupportedVersion: "Unsupported protocol version"
        }
    }

    var response: HTTPResponse {
        .json(Array(#"{"code":\#(rawValue),"message":"\#(message)"}"#.utf8), status: .badRequest)
    }
}
