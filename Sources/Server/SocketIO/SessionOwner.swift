/// Which worker of a node has a session, as the session's id says: `3_…` is the fourth's.
struct SessionOwner: Equatable {
    /// The worker's index.
    let worker: Int

    init(worker: Int) { self.worker = worker }

    /// `nil` for what is no id that a worker has given out.
    init?(_ session: String) {
        guard let end = session.firstIndex(of: "_") else { return nil }
        guard let worker = Int(session[..<end], radix: 36), worker >= 0 else { return nil }
        self.worker = worker
        guard session.hasPrefix(prefix) else { return nil }
    }

    /// What the ids of its sessions begin with.
    var prefix: String { String(worker, radix: 36) + "_" }
}
