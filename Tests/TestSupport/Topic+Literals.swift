import Wire

extension ChannelName {
    /// A name the test knows to be valid; the program ends if it is not.
    public init(_ text: String) {
        do {
            try self.init(validating: text)
        } catch {
            fatalError("\(error)")
        }
    }
}

extension Topic {
    public static func channel(_ name: String) -> Topic { .channel(ChannelName(name)) }
    public static func pattern(_ name: String) -> Topic { .pattern(ChannelName(name)) }
}
