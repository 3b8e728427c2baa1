/// What someone meant who mistyped a name.
enum NearestName {
    /// The known name fewest edits away, if those are few for its length; or the one with the same last part, for a
    /// setting that was put into the wrong section.
    static func find(_ name: String, among known: [String]) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let typed = name.utf8.map(folded)
        let ranked = known.map { (name: $0, edits: edits(typed, $0.utf8.map(folded))) }
        if let best = ranked.min(by: { $0.edits < $1.edits }),
            best.edits <= max(1, min(3, name.utf8.count / 3))
        {
            return best.name
        }
        let last = name.split(separator: ".").last
        let sameLast = known.filter { $0.split(separator: ".").last == last }
        return sameLast.count == 1 ? sameLast[0] : nil
    }

    /// Letters without case, a hyphen as an underscore.
    private static func folded(_ byte: UInt8) -> UInt8 {
        (byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : byte) | 0x20
    }

    /// The Levenshtein distance with exchanged neighbours as one edit.
    private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var current = [i + 1]
            for (j, other) in right.enumerated() {
                var best = min(previous[j] + (byte == other ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, byte == right[j - 1], left[i - 1] == other {
                    best = min(best, beforePrevious[j - 1] + 1)
                }
                current.append(best)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
