import EventLoop

/// Whether a certificate is about to run out, or has.
enum CertificateAge {
    private static let day: Int64 = 86_400
    /// A certificate should have been renewed before only so many days are left.
    private static let notice: Int64 = 14

    /// What is wrong with it at a time in seconds since 1970; `nil` if nothing is.
    ///
    /// Those that hold for days only are renewed later: what counts for them is the last quarter of their time.
    static func warning(_ certificate: ServerCertificate, at time: Int64) -> String? {
        warning(from: certificate.validFrom, until: certificate.validUntil, at: time)
    }

    static func warning(from start: Int64, until end: Int64, at time: Int64) -> String? {
        if time > end { return "the certificate ran out at \(text(end)): clients refuse it" }
        if time < start { return "the certificate does not hold before \(text(start)): clients refuse it" }
        guard end - time < min(notice * day, (end - start) / 4) else { return nil }
        return "the certificate runs out at \(text(end))"
    }

    /// `2026-11-21T08:00:00.000Z`.
    static func text(_ seconds: Int64) -> String {
        UTCTime(milliseconds: seconds.multipliedReportingOverflow(by: 1000).partialValue).description
    }
}
