import Testing

@testable import Access

@Suite struct OperationTests {
    @Test func placeholder() { #expect(Operation.allCases.count == 6) }
}
