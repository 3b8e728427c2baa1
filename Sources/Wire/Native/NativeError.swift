/// Why a native command was not carried out. `isFatal`: the frame was no JSON at all, and the socket must close.
public struct NativeError: Error, Equatable {
    public let code: ErrorCode
    public let message: String
    public let reference: NativeReference
    public let isFatal: Bool

    public init(
        _ code: ErrorCode, _ message: String, reference: NativeReference = .none, isFatal: Bool = false
    ) {
        self.code = code
        self.message = message
        self.reference = reference
        self.isFatal = isFatal
    }
}
