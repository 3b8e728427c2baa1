import Foundation

/// An input to begin with, from the target's file in `Corpus`.
///
/// A line that begins with `===` begins a seed and says what it is there for; what stands before the first is a comment.
struct Seed: Sendable, CustomStringConvertible {
    let title: String
    let bytes: [UInt8]

    var description: String { title }

    /// What is wrong with a file of seeds.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus")

    /// The seeds of a target, in the order of its file.
    static func all(of target: FuzzTarget) throws -> [Seed] {
        let file = folder.appending(path: "\(target.name).txt")
        return try parse(try String(contentsOf: file, encoding: .utf8), target.notation)
    }

    static func parse(_ text: String, _ notation: SeedNotation) throws(Problem) -> [Seed] {
        var seeds: [Seed] = []
        // A final line end ends the last line; all others part lines. By bytes: CR LF is one character.
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Substring($0) }
        var rest = lines.last?.isEmpty == true ? lines.dropLast() : lines[...]
        rest = rest.drop { !$0.hasPrefix("===") }
        while let head = rest.popFirst() {
            let title = head.drop { $0 == "=" }.drop { $0 == " " }
            let body = rest.prefix { !$0.hasPrefix("===") }
            rest = rest.dropFirst(body.count)
            guard let bytes = notation.bytes(Array(body)) else {
                throw Problem(description: "the seed '\(title)' is not in the notation of its file")
            }
            seeds.append(Seed(title: String(title), bytes: bytes))
        }
        return seeds
    }
}
