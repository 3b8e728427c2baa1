import Client
import Wire

/// Reads a client's `published` frames: one for each publish, in order. Pure.
///
/// The references are ten digits long, always, and so stand at the same place in each frame.
struct Acknowledgements {
    /// References begin here, and are this plus the message's number, so that all have ten digits.
    static let firstReference: UInt64 = 1_000_000_000
    static let references: UInt64 = 8_000_000_000

    static func reference(of number: UInt64) -> UInt64 { firstReference + number % references }

    enum Outcome: Equatable {
        case acknowledged
        /// The answer to another publish than the one that is due.
        case outOfOrder
        /// The server refused the publish.
        case refused(String)
        /// No answer to a publish.
        case other
    }

    private static let prefix = Array(#"{"type":"published","ref":"#.utf8)

    /// What `payload` says, if message `number` is the next to be answered.
    static func outcome(_ payload: Span<UInt8>, number: UInt64) -> Outcome {
        if payload.count == prefix.count + 11, let reference = fastReference(payload) {
            return reference == Self.reference(of: number) ? .acknowledged : .outOfOrder
        }
        switch try? ServerFrame(payload) {
        case .published(let ref):
            return ref == Int64(Self.reference(of: number)) ? .acknowledged : .outOfOrder
        case .error(let code, let text, _): return .refused("\(text) (\(code))")
        default: return .other
        }
    }

    private static func fastReference(_ payload: Span<UInt8>) -> UInt64? {
        for index in prefix.indices where payload[index] != prefix[index] { return nil }
        var value: UInt64 = 0
        for index in prefix.count..<(prefix.count + 10) {
            let digit = payload[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + UInt64(digit)
        }
        return payload[prefix.count + 10] == UInt8(ascii: "}") ? value : nil
    }
}
