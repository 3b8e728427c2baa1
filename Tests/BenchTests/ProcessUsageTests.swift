import Glibc
import Testing

@testable import Bench

@Suite struct ProcessUsageTests {
    @Test("the processor time stands behind the program's name, whatever that is")
    func stat() {
        let fields = "S 1 1 1 0 -1 4194304 100 0 0 0 123 45 0 0 20 0 3 0 100 1000 200"
        #expect(ProcessUsage.processorTicks(Array("77 (roost) \(fields)".utf8)) == 168)
        #expect(ProcessUsage.processorTicks(Array("77 (a ) b (c) \(fields)".utf8)) == 168)
        #expect(ProcessUsage.processorTicks(Array("77 (roost) S 1".utf8)) == nil)
        #expect(ProcessUsage.processorTicks([]) == nil)
    }

    @Test("resident memory")
    func status() {
        #expect(
            ProcessUsage.residentKilobytes(Array("Name:\tx\nVmHWM:\t 9 kB\nVmRSS:\t    1234 kB\n".utf8))
                == 1234)
        #expect(ProcessUsage.residentKilobytes(Array("Name:\tx\n".utf8)) == nil)
    }

    @Test("this process has used memory; one that does not exist is named")
    func processes() throws {
        #expect(try ProcessUsage.sum(of: [getpid()]).resident > 0)
        #expect(try ProcessUsage.sum(of: []) == ProcessUsage())
        #expect(throws: BenchError.self) { try ProcessUsage.sum(of: [.max]) }
    }
}
