import CWebSockets
import Logging

/// What libwebsockets itself has to say: errors only. What peers do wrong is none.
func logCallback(level: Int32, line: UnsafePointer<CChar>?) {
    guard let line = unsafe line else { return }
    let text = unsafe String(cString: line)
    Logger(label: "roost.libwebsockets").error("\(text.trimmingSuffix { $0.isNewline })")
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, predicate(last) { rest.removeLast() }
        return rest
    }
}
