/// How a job went.
public enum WorkReport: Equatable, Sendable {
    case done
    /// - Parameter delay: seconds until it may be tried again.
    case retry(delay: Int)
}
