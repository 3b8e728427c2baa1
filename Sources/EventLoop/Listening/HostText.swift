internal import Glibc

/// What kind of host a text names.
enum HostText {
    static func isIPv4(_ text: some StringProtocol) -> Bool { ipv4(text) != nil }

    /// An IPv6 address, with or without a zone (`fe80::1%eth0`, RFC 4007).
    static func isIPv6(_ text: some StringProtocol) -> Bool { ipv6(text) != nil }

    /// A host name by RFC 1123: labels of letters, digits and hyphens (and underscores, which containers' names have).
    /// A name whose last label is a number is refused: it is a mistyped IPv4 address, and `getaddrinfo` would read
    /// `127.1` or `0x7f.1` as one.
    static func isName(_ text: some StringProtocol) -> Bool {
        guard text.utf8.count <= 253 else { return false }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = labels.last?.utf8.first, !(0x30...0x39).contains(last) else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                    default: false
                    }
                }
        }
    }

    static func isLoopback(_ host: String) -> Bool {
        if let address = ipv4(host) { return address[0] == 127 }
        if let address = ipv6(host) {
            let isMapped = address[..<10].allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
            return isMapped ? address[12] == 127 : address[..<15].allSatisfy { $0 == 0 } && address[15] == 1
        }
        return isLocalhost(host)
    }

    /// RFC 6761 (6.3): `localhost` always means the loopback addresses.
    static func isLocalhost(_ host: String) -> Bool {
        host.utf8.count == 9 && host.lowercased() == "localhost"
    }

    /// The 4 bytes of a dotted address.
    static func ipv4(_ text: some StringProtocol) -> [UInt8]? { parse(String(text), AF_INET, 4) }

    /// The 16 bytes of an address, its zone left out.
    static func ipv6(_ text: some StringProtocol) -> [UInt8]? {
        guard let percent = text.firstIndex(of: "%") else { return parse(String(text), AF_INET6, 16) }
        let zone = text[text.index(after: percent)...]
        guard (1...15).contains(zone.utf8.count),
            zone.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x25 })
        else { return nil }
        return parse(String(text[..<percent]), AF_INET6, 16)
    }

    private static func parse(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let status = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe inet_pton(family, text, buffer.baseAddress)
        }
        return status == 1 ? bytes : nil
    }
}
