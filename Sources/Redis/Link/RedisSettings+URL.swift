import EventLoop
import Wire

extension RedisSettings {
    /// Reads `redis://`, `rediss://` and `unix:` URLs, as redis-cli and redis-py write them.
    public init(url: String) throws(RedisURLError) {
        if url.hasPrefix("unix:") {
            try self.init(unix: url.dropFirst("unix:".count))
        } else if url.hasPrefix("redis://") {
            try self.init(authority: url.dropFirst("redis://".count), isSecure: false)
        } else if url.hasPrefix("rediss://") {
            try self.init(authority: url.dropFirst("rediss://".count), isSecure: true)
        } else if url.hasPrefix("redis+sentinel://") {
            try self.init(sentinels: url.dropFirst("redis+sentinel://".count))
        } else {
            throw RedisURLError(
                reason: "the Redis URL begins with none of redis://, rediss://, unix: and redis+sentinel://")
        }
    }

    /// `user:password@host:port,host/master/1`; the login is the master's.
    private init(sentinels text: Substring) throws(RedisURLError) {
        var rest = text
        var login: Substring?
        if let at = rest.lastIndex(of: "@") {
            login = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), case let master = try Self.decode(parts[1]), !master.isEmpty
        else {
            throw RedisURLError(reason: "the Sentinel URL needs the name of the master after its hosts")
        }
        var endpoints: [StreamEndpoint] = []
        for host in parts[0].split(separator: ",", omittingEmptySubsequences: false) {
            let (name, port) = try Self.hostAndPort(host, standard: 26379)
            endpoints.append(.tcp(host: name, port: port))
        }
        guard let first = endpoints.first else { throw RedisURLError(reason: "the Redis URL has no host") }
        self.init(endpoint: first)
        sentinel = SentinelSettings(endpoints: endpoints, master: master)
        if let login { try setLogin(login) }
        if parts.count == 3, !parts[2].isEmpty { try setDatabase(parts[2]) }
    }

    /// `//user:password@/path?db=1`, or just `/path`.
    private init(unix text: Substring) throws(RedisURLError) {
        var rest = text.hasPrefix("//") ? text.dropFirst(2) : text
        var login: Substring?
        // Within the path an @ is nothing special; a slash in a password has to be encoded.
        let authority = rest[..<(rest.firstIndex(of: "/") ?? rest.endIndex)]
        if let at = authority.lastIndex(of: "@") {
            login = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = try Self.decode(parts[0])
        guard path.hasPrefix("/") else {
            throw RedisURLError(reason: "the Redis URL needs the path of a socket, beginning with /")
        }
        self.init(endpoint: .unix(path: path))
        if let login { try setLogin(login) }
        if parts.count == 2 {
            guard parts[1].hasPrefix("db=") else {
                throw RedisURLError(reason: "the one parameter of a unix: Redis URL is db")
            }
            try setDatabase(parts[1].dropFirst(3))
        }
    }

    private init(authority text: Substring, isSecure: Bool) throws(RedisURLError) {
        var rest = text
        var login: Substring?
        // The last @: a password that was not encoded may have one.
        if let at = rest.lastIndex(of: "@") {
            login = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let (host, port) = try Self.hostAndPort(parts[0])
        self.init(endpoint: .tcp(host: host, port: port))
        if isSecure { tls = TLSClientSettings() }
        if let login { try setLogin(login) }
        if parts.count == 2, !parts[1].isEmpty { try setDatabase(parts[1]) }
    }

    private static func hostAndPort(
        _ text: Substring, standard: UInt16 = 6379
    ) throws(RedisURLError) -> (String, UInt16) {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw RedisURLError(reason: "the IPv6 address in the Redis URL has no ]")
            }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw RedisURLError(reason: "only a port may follow the ] in the Redis URL")
            }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        let name = try decode(host)
        guard !name.isEmpty else { throw RedisURLError(reason: "the Redis URL has no host") }
        guard let port else { return (name, standard) }
        guard let number = UInt16(port), number > 0, port.utf8.allSatisfy(Self.isDigit) else {
            throw RedisURLError(reason: "the port in the Redis URL is not a number from 1 to 65535")
        }
        return (name, number)
    }

    /// `user:password`, `:password`; `user` alone has no meaning for Redis.
    private mutating func setLogin(_ text: Substring) throws(RedisURLError) {
        guard let colon = text.firstIndex(of: ":") else {
            throw RedisURLError(reason: "the login in the Redis URL has no ':' before the password")
        }
        let name = try Self.decode(text[..<colon])
        user = name.isEmpty ? nil : name
        password = try Self.decode(text[text.index(after: colon)...])
    }

    private mutating func setDatabase(_ text: Substring) throws(RedisURLError) {
        guard let number = Int(text), number >= 0, number < 1_000_000, text.utf8.allSatisfy(Self.isDigit)
        else {
            throw RedisURLError(reason: "the database in the Redis URL is not a number")
        }
        database = number
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func decode(_ text: Substring) throws(RedisURLError) -> String {
        guard let bytes = PercentEncoding.decode(Array(text.utf8).span), UTF8Validator.isValid(bytes.span),
            !bytes.contains(0)
        else { throw RedisURLError(reason: "the Redis URL has broken percent-encoding") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
