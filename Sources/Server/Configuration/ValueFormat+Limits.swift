import Limits

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
