/// Ids that nobody can guess.
enum SessionID {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    /// Characters of six random bits each: a little more than 20 bytes, like the ids of other servers.
    private static let length = 27

    /// A new id: the prefix, and 162 bits from the system's generator, in base64url (RFC 4648 section 5).
    static func make(prefix: String = "") -> String {
        var generator = SystemRandomNumberGenerator()
        var characters = Array(prefix.utf8)
        characters.reserveCapacity(characters.count + length)
        var bits: UInt64 = 0
        for index in 0..<length {
            // Ten times six bits from each word.
            if index % 10 == 0 { bits = generator.next() }
            characters.append(alphabet[Int(bits & 63)])
            bits >>= 6
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
