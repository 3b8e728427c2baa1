import Limits

extension ValueFormat {
    /// `none` for no limit, else as `format` has it.
    static func limited<Wrapped>(_ format: ValueFormat<Wrapped>) -> Self where Value == Wrapped? {
        ValueFormat(
            accepted: "none, or \(format.accepted)",
            parse: { text throws(InvalidValue) in text == "none" ? nil : try format.parse(text) },
            print: { $0.map(format.print) ?? "none" })
    }
}

extension ValueFormat<RateLimit> {
    static var rate: Self {
        ValueFormat(accepted: RateText.accepted, parse: RateText.parse, print: RateText.text)
    }
}

extension ValueFormat<TrustedProxy> {
    static var trustedProxy: Self {
        ValueFormat(
            accepted: TrustedProxy.accepted,
            parse: { text throws(InvalidValue) in
                do throws(AddressRangeError) {
                    return try TrustedProxy(parsing: text)
                } catch {
                    throw InvalidValue("\(error)")
                }
            },
            print: { YAMLText.plainOrQuoted($0.description) })
    }
}
