public import Logging

/// A swift-log handler that writes one line per event, such that no value can look like another line or field.
public struct LineLogHandler: LogHandler {
    /// Its own level, once one has been set; else that of all.
    public var logLevel: Logger.Level {
        get { own ?? common.level }
        set { own = newValue }
    }
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private var own: Logger.Level?
    private let common: LogLevel
    private let output: LogOutput

    public init(output: LogOutput, level: LogLevel, metadataProvider: Logger.MetadataProvider? = nil) {
        self.output = output
        self.metadataProvider = metadataProvider
        common = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, new in new } }
        if let own = event.metadata { fields.merge(own) { _, new in new } }
        if let error = event.error { fields["error"] = .string(String(describing: error)) }
        let line = LogLine(
            time: LogOutput.now(), level: event.level, message: event.message.description, fields: fields)
        output.write(line.bytes(format: output.format, isJournal: output.isJournal))
    }
}
