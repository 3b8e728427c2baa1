import Crypto
import Wire

/// Who was found to be behind which token, so that clients that show theirs with every request cost one hash. Bounded.
struct VerifiedTokens {
    private var identities: [SHA256.Digest: Identity] = [:]
    private var generation: UInt64 = 0

    static let maximumCount = 10_000

    /// - Parameter generation: of the keys that hold now; what others have signed is forgotten.
    mutating func find(_ token: Span<UInt8>, generation: UInt64) -> Identity? {
        guard generation == self.generation else {
            identities = [:]
            self.generation = generation
            return nil
        }
        return identities[Self.hash(token)]
    }

    mutating func add(_ identity: Identity, for token: Span<UInt8>, generation: UInt64) {
        guard generation == self.generation else { return }
        if identities.count >= Self.maximumCount { identities.removeAll(keepingCapacity: true) }
        identities[Self.hash(token)] = identity
    }

    private static func hash(_ token: Span<UInt8>) -> SHA256.Digest {
        SHA256.hash(data: [UInt8](copying: token))
    }
}
