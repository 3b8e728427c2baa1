import Foundation

/// What libFuzzer, which has the `main`, calls: https://llvm.org/docs/LibFuzzer.html. One program has all targets, so that
/// there is one thing to build; `FUZZ_TARGET` names the one that this process feeds. Edges that other targets reach are
/// in the program as well, but are never seen, so they do not mislead it.
private let target: FuzzTarget? = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"]
    return FuzzTarget.all.first { $0.name == name }
}()

/// Without a target that is known it says which there are, and ends. With `FUZZ_SEEDS`, the path of a folder, the
/// target's seeds are written there first, each as a file of bytes.
@_cdecl("LLVMFuzzerInitialize")
public func fuzzerInitialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    guard let target else {
        for target in FuzzTarget.all { print(target.name) }
        exit(0)
    }
    guard let path = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    do {
        let folder = URL(filePath: path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, seed) in try Seed.all(of: target).enumerated() {
            try Data(seed.bytes).write(to: folder.appending(path: "seed-\(number)"))
        }
    } catch {
        fail("the seeds of \(target): \(error)")
    }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    if let problem = target?.run(input) {
        fail("\(problem)\nas text: \(String(decoding: input, as: UTF8.self).debugDescription)")
    }
    return 0
}

/// Ends the process as a trap would, so that libFuzzer keeps the input.
private func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("FAILED: \(message)\n".utf8))
    abort()
}
