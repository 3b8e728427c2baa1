/// WebSocket close codes: RFC 6455 section 7.4.1, and Roost's own from the private range 4000–4999.
///
/// A client reconnects after 1001, 1013 and 4004 (with jitter), and after 4002 once it can read faster;
/// the others say that coming back with the same input ends the same way.
public enum CloseCode: UInt16, Sendable, CaseIterable {
    case normal = 1000
    case goingAway = 1001
    case protocolError = 1002
    case unsupportedData = 1003
    case invalidPayload = 1007
    case policyViolation = 1008
    case messageTooBig = 1009
    case internalError = 1011
    case tryAgainLater = 1013
    case tokenExpired = 4001
    case tooSlow = 4002
    case endedByAdministrator = 4003
    case pingTimeout = 4004
}
