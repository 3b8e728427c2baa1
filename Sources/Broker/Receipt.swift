/// What a publish's answer is known by.
public enum Receipt {
    /// A broker may use the bits above for itself.
    public static let maximum: UInt64 = 1 << 62 - 1
}
