/// Why an answer is not an HTTP/1.1 response that this client takes.
public enum HTTPResponseHeadError: Error, Equatable {
    case notHTTP
    case isTLS
    case tooLarge
    case tooManyFields
    /// What is malformed.
    case malformed(String)
}

extension HTTPResponseHeadError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notHTTP: "the answer is not HTTP/1.1; is this a Roost server's address?"
        case .isTLS: "it answers in TLS; use https://"
        case .tooLarge: "the answer's head is over \(HTTPResponseHeadParser.maximumSize) bytes"
        case .tooManyFields: "the answer has over \(HTTPResponseHeadParser.maximumFields) header fields"
        case .malformed(let what): "the answer's head is malformed: \(what)"
        }
    }
}
