import Wire

extension GlobPattern {
    /// Whether every name that `inner` matches is matched by `outer` too.
    ///
    /// True is a proof; false may also mean that none was found: `?*` and `*?` match the same names, and neither is found
    /// to cover the other. A pattern that can match nothing covers nothing and is covered by itself only. Needs time and
    /// memory proportional to the product of the lengths.
    public static func covers(_ outer: Span<UInt8>, _ inner: Span<UInt8>) -> Bool {
        if outer.equals(inner) { return true }
        guard let outer = elements(of: outer), let inner = elements(of: inner) else { return false }
        // row[i]: what is left of `outer` from i on covers what is left of `inner`.
        var row = [Bool](repeating: false, count: outer.count + 1)
        row[outer.count] = true
        for index in outer.indices.reversed() { row[index] = outer[index] == .star && row[index + 1] }
        for element in inner.reversed() {
            let next = row
            row[outer.count] = false
            for index in outer.indices.reversed() {
                row[index] =
                    switch (outer[index], element) {
                    // The star stands for nothing, or for this element and whatever it may stand for later.
                    case (.star, _): row[index + 1] || next[index]
                    case (.byte(let outer), .byte(let inner)): inner.isSubset(of: outer) && next[index + 1]
                    case (.byte, .star): false
                    }
            }
        }
        return row[0]
    }

    /// A pattern that matches this name and no other.
    public static func escaped(_ name: [UInt8]) -> [UInt8] {
        name.flatMap { byte in Array("*?[]^-\\".utf8).contains(byte) ? [UInt8(ascii: "\\"), byte] : [byte] }
    }

    private enum Element: Equatable {
        case star
        case byte(ByteSet)
    }

    /// `nil` where an element matches no byte at all.
    private static func elements(of pattern: Span<UInt8>) -> [Element]? {
        var elements: [Element] = []
        var position = 0
        while position < pattern.count {
            if pattern[position] == UInt8(ascii: "*") {
                if elements.last != .star { elements.append(.star) }
                position += 1
                continue
            }
            // Whatever the byte, the element is equally long: `step` says where it ends if it matches one.
            var set = ByteSet()
            var end: Int?
            for byte in UInt8.min...UInt8.max {
                guard let next = step(pattern, position, byte) else { continue }
                set.insert(byte)
                end = next
            }
            guard let end else { return nil }
            elements.append(.byte(set))
            position = end
        }
        return elements
    }
}
