import ArgumentParser

extension DurationArgument {
    /// In seconds, for times that the protocol has in seconds.
    /// - Throws: wrong usage, if it is not a number of whole seconds within `range`.
    func seconds(_ option: String, _ range: ClosedRange<Int>) throws -> Int {
        guard milliseconds.isMultiple(of: 1000), range.contains(Int(clamping: milliseconds / 1000)) else {
            throw ValidationError(
                "\(option) must be whole seconds, from \(range.lowerBound)s to \(Self.text(range.upperBound))"
            )
        }
        return Int(milliseconds / 1000)
    }

    private static func text(_ seconds: Int) -> String {
        if seconds.isMultiple(of: 86_400), seconds > 86_400 { return "\(seconds / 86_400)d" }
        return seconds.isMultiple(of: 3600) ? "\(seconds / 3600)h" : "\(seconds)s"
    }
}
