import CHiredis
import Wire

/// Builds commands, by hiredis's formatter.
enum RespWriter {
    /// Appends a command of whole byte strings.
    static func append(_ arguments: [[UInt8]], to bytes: inout [UInt8]) {
        // One block for all arguments, so that their addresses hold still together.
        let block = Array(arguments.joined())
        let lengths = arguments.map(\.count)
        unsafe block.withUnsafeBufferPointer { block in
            var offset = 0
            let pointers: [UnsafePointer<CChar>?] = unsafe lengths.map { length in
                defer { offset += length }
                return unsafe UnsafeRawPointer(block.baseAddress).map {
                    unsafe ($0 + offset).assumingMemoryBound(to: CChar.self)
                }
            }
            unsafe append(pointers, lengths, to: &bytes)
        }
    }

    static func append(_ arguments: [String], to bytes: inout [UInt8]) {
        append(arguments.map { Array($0.utf8) }, to: &bytes)
    }

    private static func append(
        _ pointers: [UnsafePointer<CChar>?], _ lengths: [Int], to bytes: inout [UInt8]
    ) {
        var pointers = unsafe pointers
        var command: UnsafeMutablePointer<CChar>?
        let length = unsafe redisFormatCommandArgv(&command, Int32(lengths.count), &pointers, lengths)
        guard length > 0, let command = unsafe command else { return }
        unsafe command.withMemoryRebound(to: UInt8.self, capacity: Int(length)) { command in
            unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: command, count: Int(length)))
        }
        unsafe redisFreeCommand(command)
    }
}
