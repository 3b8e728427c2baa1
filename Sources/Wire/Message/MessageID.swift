/// Names one stored message of a channel, or one notification of an inbox: its place in the stream, and which stream.
///
/// Offsets count from 1 without a hole. The epoch is drawn anew whenever a stream begins anew (first use, expired,
/// evicted, flushed), so that an offset of an earlier stream is never taken for one of this. Written `42-k3f9`.
public struct MessageID: Hashable, Sendable {
    public let offset: UInt64
    /// 1 to `maximumEpochLength` ASCII letters and digits.
    public let epoch: String

    public static let maximumEpochLength = 15

    public init(offset: UInt64, epoch: String) {
        self.offset = offset
        self.epoch = epoch
    }

    /// An id as a client or Redis wrote it; `nil` for anything that no server has given out.
    public init?(_ text: Span<UInt8>) {
        guard let dash = text.indices.first(where: { text[$0] == UInt8(ascii: "-") }),
            (1...19).contains(dash),
            (1...Self.maximumEpochLength).contains(text.count - dash - 1), text[0] != UInt8(ascii: "0")
        else { return nil }
        // Nineteen digits always fit.
        var offset: UInt64 = 0
        for index in 0..<dash {
            guard let digit = Self.digit(text[index]) else { return nil }
            offset = offset * 10 + digit
        }
        let epoch = text.extracting((dash + 1)..<text.count)
        guard Self.isEpoch(epoch) else { return nil }
        self.init(offset: offset, epoch: String(decoding: [UInt8](copying: epoch), as: UTF8.self))
    }

    public init?(_ text: String) { self.init(Array(text.utf8).span) }

    public static func isEpoch(_ text: Span<UInt8>) -> Bool {
        (1...maximumEpochLength).contains(text.count)
            && text.indices.allSatisfy { index in
                let byte = text[index]
                return digit(byte) != nil || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }

    /// A new stream's epoch: unlike any other with 40 bits of chance.
    public static func makeEpoch() -> String {
        String(UInt64.random(in: 0..<(1 << 40)), radix: 36)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? UInt64(byte - UInt8(ascii: "0")) : nil
    }

    public func append(to bytes: inout [UInt8]) {
        JSON.appendInteger(Int64(clamping: offset), to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(contentsOf: epoch.utf8)
    }
}

extension MessageID: CustomStringConvertible {
    public var description: String { "\(offset)-\(epoch)" }
}
