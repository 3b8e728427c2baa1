/// Redis's glob patterns over bytes, as `PSUBSCRIBE` matches them: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`, `\x`.
///
/// The same answers as Redis's `stringmatchlen` (util.c), malformed classes included. Linear in the pattern for each
/// byte of the name: after a `*` only the newest one is ever tried again, so no pattern is slow.
public enum GlobPattern {
    public static func matches(_ pattern: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
        var position = 0
        var index = 0
        /// Where to go on when a match fails: behind the newest star, one byte further in the name.
        var retry: (position: Int, index: Int)?
        while true {
            if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
                position += 1
                retry = (position, index)
                continue
            }
            if index == name.count, position == pattern.count { return true }
            if index < name.count, position < pattern.count,
                let next = step(pattern, position, name[index])
            {
                position = next
                index += 1
                continue
            }
            guard let star = retry, star.index < name.count else { return false }
            position = star.position
            index = star.index + 1
            retry = (position, index)
        }
    }

    /// Matches one byte against the element at `position`; where the next element is, or `nil`.
    static func step(_ pattern: Span<UInt8>, _ position: Int, _ byte: UInt8) -> Int? {
        switch pattern[position] {
        case UInt8(ascii: "?"): position + 1
        case UInt8(ascii: "["): matchClass(pattern, position + 1, byte)
        case UInt8(ascii: "\\") where pattern.count - position >= 2:
            pattern[position + 1] == byte ? position + 2 : nil
        case let literal: literal == byte ? position + 1 : nil
        }
    }

    /// A class whose `]` is missing ends with the pattern, as in Redis.
    private static func matchClass(_ pattern: Span<UInt8>, _ start: Int, _ byte: UInt8) -> Int? {
        var position = start
        let isNegated = position < pattern.count && pattern[position] == UInt8(ascii: "^")
        if isNegated { position += 1 }
        var isFound = false
        while position < pattern.count {
            if pattern[position] == UInt8(ascii: "\\"), pattern.count - position >= 2 {
                position += 1
                if pattern[position] == byte { isFound = true }
            } else if pattern[position] == UInt8(ascii: "]") {
                break
            } else if pattern.count - position >= 3, pattern[position + 1] == UInt8(ascii: "-") {
                // Redis compares `char`s, which are signed on x86.
                let first = Int8(bitPattern: pattern[position])
                let last = Int8(bitPattern: pattern[position + 2])
                let byte = Int8(bitPattern: byte)
                if byte >= min(first, last), byte <= max(first, last) { isFound = true }
                position += 2
            } else if pattern[position] == byte {
                isFound = true
            }
            position += 1
        }
        guard isFound != isNegated else { return nil }
        return min(position + 1, pattern.count)
    }
}
