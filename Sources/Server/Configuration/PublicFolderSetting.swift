internal import Glibc

/// Where the files come from that the server shows at `/`.
public enum PublicFolderSetting: Hashable, Sendable {
    /// `Public` in the working directory if there is such a folder, nothing otherwise.
    case automatic
    case none
    case folder(String)

    /// The folder to serve, `nil` for none. Looks at the file system.
    public func path() -> String? {
        switch self {
        case .automatic: Self.isFolder("Public") ? "Public" : nil
        case .none: nil
        case .folder(let path): path
        }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
