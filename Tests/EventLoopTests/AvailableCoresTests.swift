import Glibc
import Testing

@testable import EventLoop

struct AvailableCoresTests {
    @Test("there is at least one core")
    func count() {
        #expect(AvailableCores.count() >= 1)
    }

    @Test(
        "a quota counts in whole cores, rounded up",
        arguments: [
            ("max 100000\n", nil), ("100000 100000\n", 1), ("150000 100000\n", 2), ("50000 100000", 1),
            ("9223372036854775807 1", .max), ("0 100000", nil), ("100000 0", nil), ("1", nil), ("", nil),
            ("a b", nil),
        ] as [(String, Int?)])
    func quota(text: String, cores: Int?) {
        #expect(CPUQuota.cores(in: text) == cores)
    }

    @Test("the group is read from the line of cgroups v2")
    func group() {
        #expect(CPUQuota.group(in: "0::/\n") == "")
        #expect(
            CPUQuota.group(in: "4:cpu:/old\n0::/system.slice/roost.service\n")
                == "/system.slice/roost.service")
        #expect(CPUQuota.group(in: "4:cpu:/old\n") == nil)
    }

    @Test("the tightest quota on the way to the root holds")
    func tightest() throws {
        let root = "/tmp/roost-cgroup-\(getpid())"
        let files = [
            ("/outer/cpu.max", "300000 100000"), ("/outer/inner/cpu.max", "max 100000"),
            ("/self", "0::/outer/inner"),
        ]
        for folder in ["", "/outer", "/outer/inner"] { unsafe mkdir(root + folder, 0o700) }
        for (name, text) in files { try write(text, to: root + name) }
        defer {
            for (name, _) in files { unsafe unlink(root + name) }
            for folder in ["/outer/inner", "/outer", ""] { unsafe rmdir(root + folder) }
        }
        #expect(CPUQuota.current(root: root, membership: root + "/self") == 3)
        #expect(CPUQuota.current(root: root, membership: root + "/missing") == nil)
    }

    private func write(_ text: String, to path: String) throws {
        let file = unsafe open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        try #require(unsafe Glibc.write(file, text, text.utf8.count) == text.utf8.count)
    }
}
