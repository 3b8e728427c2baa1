import Wire

/// How many jobs a queue has, by what they wait for.
public enum QueueStatus {
    private static let names: [StaticString] = ["waiting", "leased", "delayed", "dead", "done"]

    /// A line for each count of the server's JSON, for people: `waiting  3`.
    public static func lines(_ json: [UInt8]) throws(ClientError) -> String {
        var lines = ""
        for name in names {
            guard let count = JSON.member(name, of: json.span)?.integer(in: json.span) else {
                throw ClientError("the server's answer has no count '\(name)'")
            }
            lines += "\(name)".padded(to: 8) + " \(count)\n"
        }
        return lines
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
