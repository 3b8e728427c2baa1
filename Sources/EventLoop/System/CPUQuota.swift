internal import Glibc

/// The CPU quota of this process's control group and those above it (cgroups v2,
/// https://docs.kernel.org/admin-guide/cgroup-v2.html).
enum CPUQuota {
    /// The tightest quota in whole cores, rounded up; `nil` where there is none.
    static func current(root: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup") -> Int? {
        guard let text = read(membership), let group = group(in: text) else { return nil }
        var path = group
        var tightest: Int?
        while true {
            if let quota = read("\(root)\(path)/cpu.max").flatMap(cores(in:)) {
                tightest = min(quota, tightest ?? quota)
            }
            guard let slash = path.lastIndex(of: "/") else { return tightest }
            path = String(path[..<slash])
        }
    }

    /// The group's path (`/a/b`, empty for the root) from the `0::` line of `/proc/self/cgroup`.
    static func group(in text: String) -> String? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else {
            return nil
        }
        let path = line.dropFirst("0::".count)
        return path == "/" ? "" : String(path)
    }

    /// `cpu.max` holds `max 100000` or `150000 100000`: microseconds of CPU per period of microseconds.
    static func cores(in text: String) -> Int? {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]), quota > 0, period > 0
        else { return nil }
        return quota / period + (quota % period == 0 ? 0 : 1)
    }

    /// The first 4 KiB of a file, which is all of those read here.
    private static func read(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return count >= 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
