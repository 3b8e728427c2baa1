/// Masking keys for a load generator: SplitMix64, which costs a nanosecond where the system's generator costs a system
/// call. Not fit for a client of the real world, whose keys must be unpredictable (RFC 6455 section 10.3).
struct FrameKeys {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt32 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return UInt32(truncatingIfNeeded: value ^ value >> 31)
    }
}
