/// How a log line is written.
public enum LogFormat: String, CaseIterable, Sendable {
    /// `2026-11-21T08:00:00.123Z info listening address=http://127.0.0.1:8080`
    case text
    /// `{"time":"2026-11-21T08:00:00.123Z","level":"info","message":"listening","address":"http://127.0.0.1:8080"}`
    case json
}
