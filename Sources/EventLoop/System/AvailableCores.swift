internal import CUV

/// How many workers are worth having.
public enum AvailableCores {
    /// The cores that this process may run on (`sched_getaffinity`), or fewer where a control group's CPU quota
    /// (`docker run --cpus`, systemd's `CPUQuota`) lets it use less than that; at least 1.
    public static func count() -> Int {
        let allowed = Int(uv_available_parallelism())
        return max(1, min(allowed, CPUQuota.current() ?? allowed))
    }
}
