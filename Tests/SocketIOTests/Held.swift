/// Holds a value whose mutating methods are called inside `#expect`, which takes no mutation of a variable.
final class Held<Value> {
    var value: Value

    init(_ value: Value) { self.value = value }

    func callAsFunction<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(&value)
    }
}
