import Crypto

/// A Lua script that Redis runs as one step, called by its digest. Redis is given all of them at every login.
struct RedisScript: Sendable {
    let text: [UInt8]
    /// SHA-1 in hexadecimal digits, as `EVALSHA` wants it.
    let digest: [UInt8]

    init(_ text: [UInt8]) {
        self.text = text
        let digits = Array("0123456789abcdef".utf8)
        digest = Insecure.SHA1.hash(data: text).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
