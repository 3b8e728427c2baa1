import Foundation
import TestSupport
import Testing

@Suite("What is read from outside, fuzzed")
struct FuzzTargetTests {
    @Test("keeps its rules with every seed", arguments: FuzzTarget.all)
    func seeds(_ target: FuzzTarget) throws {
        let seeds = try Seed.all(of: target)
        #expect(seeds.count >= 2)
        for seed in seeds {
            let problem = target.run(seed.bytes)
            #expect(problem == nil, "\(seed)")
        }
    }

    @Test("keeps its rules with mutations of the seeds", arguments: FuzzTarget.all)
    func mutations(_ target: FuzzTarget) throws {
        try Fuzz.run(target.count, seeds: try Seed.all(of: target).map(\.bytes), target.check)
    }

    @Test("has a target for each file of seeds, and no two of one name")
    func names() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Seed.folder.path())
        #expect(files.sorted() == FuzzTarget.all.map { "\($0.name).txt" }.sorted())
    }
}
