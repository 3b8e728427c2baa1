import Limits
import Wire

/// How fast the client may publish.
extension NativeSession {
    func takePublish(_ reference: NativeReference) throws(NativeError) {
        guard worker.limitsPublishing else { return }
        do throws(RateExceeded) {
            try limits.takePublish(identity, worker)
        } catch {
            throw error.nativeError(reference)
        }
    }
}
