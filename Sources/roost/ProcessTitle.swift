import Glibc

/// What `ps` and `/proc` show of this process.
enum ProcessTitle {
    /// Overwrites the value of each `option` among the process's arguments, where the system reads them from. Call once
    /// they have been read.
    static func hideValues(of option: StaticString) {
        let option = "\(option)"
        var isNext = false
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { continue }
            let text = unsafe String(cString: argument)
            if isNext {
                unsafe hide(argument)
            } else if text.hasPrefix("\(option)=") {
                unsafe hide(argument + option.utf8.count + 1)
            }
            isNext = !isNext && text == option
        }
    }

    /// - Parameter text: ends with a zero byte, which stays where it is.
    private static func hide(_ text: UnsafeMutablePointer<CChar>) {
        unsafe memset(text, Int32(UInt8(ascii: "x")), strlen(text))
    }
}
