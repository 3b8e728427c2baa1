import Glibc

/// `CLOCK_MONOTONIC` in nanoseconds: about 25 ns a reading, no system call.
enum MonotonicClock {
    static var now: UInt64 {
        var time = timespec()
        // Cannot fail: the clock always exists and the pointer is valid.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
