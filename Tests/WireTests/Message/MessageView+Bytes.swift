import Wire

extension MessageView {
    /// The same for arrays, which `#expect` and `#require` can take apart.
    init?(_ bytes: [UInt8], of channel: [UInt8]) { self.init(bytes.span, channel: channel.span) }

    init?(_ text: String, of channel: String) { self.init(Array(text.utf8), of: Array(channel.utf8)) }
}
