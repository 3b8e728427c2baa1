/// What is wrong with the configuration, a line for each problem: all of it, unless that is absurdly much.
public struct ConfigurationError: Error, Equatable, Sendable {
    public let problems: [SettingProblem]

    /// Looking for problems stops here: a file that is no configuration at all may have any number.
    static let maximumCount = 100

    private static let shown = 20

    /// The problems in the order in which the places come: flags, environment, the file from top to bottom.
    init(_ problems: [SettingProblem]) {
        self.problems = problems.enumerated().sorted { left, right in
            let (leftRank, rightRank) = (left.element.place.rank, right.element.place.rank)
            return leftRank == rightRank ? left.offset < right.offset : leftRank < rightRank
        }.map(\.element)
    }
}

extension ConfigurationError: CustomStringConvertible {
    public var description: String {
        var lines = problems.prefix(Self.shown).map(\.description)
        if problems.count > Self.shown { lines.append("and more") }
        return lines.joined(separator: "\n")
    }
}

extension SettingPlace {
    fileprivate var rank: (Int, Int, Int) {
        switch self {
        case .flag: (0, 0, 0)
        case .environment: (1, 0, 0)
        case .file(_, let line, let column): (2, line, column)
        case .standard: (3, 0, 0)
        }
    }
}
