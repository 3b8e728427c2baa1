import Client

/// The server under test, and how to enter it.
public struct Target: Sendable {
    public let url: ServerURL
    public let token: String?
    public let door: Door

    public init(url: ServerURL, token: String?, door: Door) {
        self.url = url
        self.token = token
        self.door = door
    }
}
