import Hub

/// One file of the public folder, held in memory.
struct PublicFile {
    let body: Batch
    /// A strong entity tag, quotes included (RFC 9110 section 8.8.3): a digest of the body.
    let entityTag: String
    let mediaType: String
    /// Where it lies, and what it looked like when it was read.
    let path: String
    let stamp: Stamp

    /// Changes whenever the file does.
    struct Stamp: Equatable {
        let seconds: Int
        let nanoseconds: Int
        let size: Int
    }
}
