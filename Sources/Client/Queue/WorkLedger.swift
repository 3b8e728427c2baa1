/// The jobs that a worker holds, what it has to say of them, and what it waits to hear. Pure.
///
/// A lease is the connection's that brought the job: when that is lost, the server gives the job to another at once. So
/// such a job still takes a place here until it is reported, but is not renewed, and nothing is said of it.
struct WorkLedger {
    /// What the server is asked for in a frame with a `ref`.
    enum Request: Equatable {
        case work
        case renew(id: String)
        case report(id: String, WorkReport)
    }

    /// What the server's refusal means.
    enum Refusal: Equatable {
        /// Nobody asked.
        case unknown
        /// The job with this id is no longer this worker's. `wasReported`: its result did not count.
        case leaseLost(id: String, wasReported: Bool)
        /// The broker is away: the report is due again.
        case postponed
        /// It makes no difference any more.
        case settled
        /// The whole of the work is refused.
        case fatal
    }

    private enum Lease {
        case held
        case lost
    }

    /// How many jobs may be unfinished at a time.
    let credit: Int
    private var jobs: [String: Lease] = [:]
    private var requests: [Int64: Request] = [:]
    private var reference: Int64 = 0
    /// Reports that the server is to be told of (again).
    private var due: [(id: String, report: WorkReport)] = []

    init(credit: Int) { self.credit = credit }

    /// Every job is reported, and every report answered.
    var isIdle: Bool { jobs.isEmpty && due.isEmpty && !awaitsReports }

    private var awaitsReports: Bool {
        requests.values.contains { if case .report = $0 { true } else { false } }
    }

    /// What may be asked for: jobs of former connections still take places.
    var freeCredit: Int { max(0, credit - jobs.values.count { $0 == .lost }) }

    /// Jobs that this worker holds, whose leases are its own; but for those whose renewal is not answered yet.
    var idsToRenew: [String] {
        var held = Set(jobs.compactMap { $0.value == .held ? $0.key : nil })
        for case .renew(let id) in requests.values { held.remove(id) }
        return held.sorted()
    }

    /// Takes a job in; false if the server gives more than anyone asked for, or one that is here already.
    mutating func receive(_ id: String) -> Bool {
        guard jobs[id] == nil, jobs.count < 2 * credit + 16 else { return false }
        jobs[id] = .held
        return true
    }

    /// The job has been worked on. Whether there is something to tell the server (`takeDue`), and whether more credit is
    /// free than before.
    mutating func report(_ id: String, _ report: WorkReport) -> (isDue: Bool, freesCredit: Bool) {
        switch jobs.removeValue(forKey: id) {
        case .held:
            due.append((id, report))
            return (true, false)
        case .lost: return (false, true)
        case nil: return (false, false)
        }
    }

    /// The reports to send now.
    mutating func takeDue() -> [(id: String, report: WorkReport)] {
        defer { due = [] }
        return due
    }

    /// Notes a request; its `ref`.
    mutating func ask(_ request: Request) -> Int64 {
        reference += 1
        requests[reference] = request
        return reference
    }

    /// The server has done what was asked.
    mutating func confirm(_ ref: Int64?) { if let ref { requests[ref] = nil } }

    /// The server has refused what was asked.
    mutating func refuse(_ ref: Int64?, code: String) -> Refusal {
        guard let ref, let request = requests.removeValue(forKey: ref) else { return .unknown }
        let isAway = ClientError.isTransient(code)
        switch (request, code) {
        case (.report(let id, _), "lease_lost"): return .leaseLost(id: id, wasReported: true)
        case (.report(let id, let report), _) where isAway:
            due.append((id, report))
            return .postponed
        case (.renew(let id), "lease_lost"):
            guard jobs[id] == .held else { return .settled }
            jobs[id] = .lost
            return .leaseLost(id: id, wasReported: false)
        case (.renew, _) where isAway: return .postponed
        case (.work, _), (.report, _), (.renew, _): return .fatal
        }
    }

    /// The connection is gone, and all leases with it: the jobs that are being worked on, and those whose reports were
    /// not answered.
    mutating func disconnect() -> (working: Int, reported: Int) {
        let working = jobs.values.count { $0 == .held }
        var reported = due.count
        for case .report in requests.values { reported += 1 }
        jobs = jobs.mapValues { _ in .lost }
        requests = [:]
        due = []
        return (working, reported)
    }
}
