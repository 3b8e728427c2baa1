/// Where a value was set.
public enum SettingPlace: Hashable, Sendable {
    case standard
    /// Line and column count from 1, the column in Unicode scalars; both 0 where the file as a whole is meant.
    case file(path: String, line: Int, column: Int)
    case environment(name: String)
    case flag(name: String)
}

extension SettingPlace: CustomStringConvertible {
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let path, 0, _): LogText.escaped(path)
        case .file(let path, let line, let column): "\(LogText.escaped(path)):\(line):\(column)"
        case .environment(let name): "environment variable \(LogText.escaped(name))"
        case .flag(let name): name
        }
    }
}
