import TestSupport
import Testing

@testable import Hub

@Suite("A hub and a naive model")
struct HubModelTests {
    @Test("write the same bytes in the same order, whatever happens")
    func sequences() throws {
        try Fuzz.run(2000, seeds: [[]]) { _, generator in
            let model = try HubModel(generator)
            for step in 0..<100 {
                if let difference = model.step() { return "step \(step): \(difference)" }
            }
            return model.finish()
        }
    }
}
