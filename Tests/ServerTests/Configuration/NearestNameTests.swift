import Testing

@testable import Server

struct NearestNameTests {
    private let known = SettingKey.all.map(\.name)

    @Test(
        "a slip is met with the name that was meant",
        arguments: [
            ("listne", "listen"), ("Workers", "workers"), ("limits.message-size", "limits.message_size"),
            ("limits.messagesize", "limits.message_size"), ("probe_interval", "redis.probe_interval"),
            ("logging.level", "log.level"),
        ])
    func slips(typed: String, meant: String) {
        #expect(NearestName.find(typed, among: known) == meant)
    }

    @Test(
        "what resembles nothing is not guessed at",
        arguments: ["", "x", "database", "limits.", String(repeating: "listen", count: 1000)])
    func strangers(typed: String) {
        #expect(NearestName.find(typed, among: known) == nil)
    }
}
