import EventLoop
import Wire

/// Whose word is taken for who a client is.
public struct TrustedProxies: Equatable, Sendable {
    private let ranges: [AddressRange]
    private let trustsUnix: Bool

    public init(_ proxies: [TrustedProxy] = []) {
        ranges = proxies.compactMap { if case .range(let range) = $0 { range } else { nil } }
        trustsUnix = proxies.contains(.unix)
    }

    public func contains(_ address: PeerAddress) -> Bool {
        address == .local ? trustsUnix : ranges.contains { $0.contains(address) }
    }

    /// Who sent a request: the connection's peer, or, if that is trusted, whom the last entry of `X-Forwarded-For` names
    /// that is not. Each proxy has added who connected to it, so that entries are true from the right as far as trust
    /// goes; what stands before them anybody may have written. An entry that is no address ends it: then the proxy that
    /// has passed it on counts as the client. `Forwarded` (RFC 7239) is not looked at.
    public func client(of head: HTTPRequestHead, from peer: PeerAddress) -> PeerAddress {
        guard contains(peer) else { return peer }
        var client = peer
        for value in head.values("x-forwarded-for").reversed() {
            let entries = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            for entry in entries.reversed() {
                guard let address = Self.address(entry) else { return client }
                client = address
                if !contains(address) { return client }
            }
        }
        return client
    }

    /// An entry: an address, which may have a port, and then brackets if it is an IPv6 address. No zone.
    private static func address(_ entry: ArraySlice<UInt8>) -> PeerAddress? {
        var bytes = entry
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        guard bytes.count <= maximumEntryLength else { return nil }
        var text = String(decoding: bytes, as: UTF8.self)[...]
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]) else {
                return nil
            }
            text = text[text.index(after: text.startIndex)..<end]
            guard text.contains(":") else { return nil }
        } else if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            guard isPort(text[colon...]) else { return nil }
            text = text[..<colon]
        }
        guard let address = PeerAddress(text), address != .local else { return nil }
        return address
    }

    /// `[` IPv6 mapped `]:65535`
    private static let maximumEntryLength = 54

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty
            || (2...6).contains(text.utf8.count) && text.utf8.first == UInt8(ascii: ":")
                && text.utf8.dropFirst().allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }
}
