import EventLoop
import TestSupport
import Wire

@testable import Server

extension FuzzTarget {
    static let configuration = [
        FuzzTarget("listen-address") { input, _ in
            let text = String(decoding: input, as: UTF8.self)
            do throws(ListenAddressError) {
                let address = try ListenAddress(parsing: text)
                let again = try ListenAddress(parsing: address.description)
                return again == address ? nil : "written again it is \(again)"
            } catch {
                return error.description.isEmpty ? "an error without words" : nil
            }
        },
        FuzzTarget("yaml", count: 4_000) { input, _ in ConfigurationReading.check(input) },
    ]
}

private enum ConfigurationReading {
    /// What is wrong is said in lines that are safe to show; what is not wrong is written again as the same value.
    static func check(_ input: [UInt8]) -> String? {
        let document = ConfigurationDocument(input, path: "f")
        for problem in document.problems {
            guard !problem.message.isEmpty, isSafe(problem.description) else {
                return "a problem that cannot be shown: \(problem.description.debugDescription)"
            }
        }
        for key in SettingKey.all {
            guard let given = document.texts[key.name] else { continue }
            if let problem = check(key, given.map(\.text)) { return "\(key.name): \(problem)" }
        }
        return nil
    }

    private static func check(_ key: SettingKey, _ texts: [String]) -> String? {
        var settings = Settings()
        do throws(InvalidValue) {
            for text in texts { try key.check(text) }
            try key.assign(texts, &settings)
        } catch {
            return error.reason.isEmpty ? "an error without words" : nil
        }
        let shown = key.text(in: settings)
        guard isSafe(shown), key.rules(settings).allSatisfy(isSafe) else {
            return "what cannot be shown: \(shown.debugDescription)"
        }
        // What has a secret in it does not print it.
        let printed = key.values(settings).map(withoutQuotes)
        guard !printed.contains(where: { $0.contains("***") }) else { return nil }
        var again = Settings()
        do throws(InvalidValue) {
            try key.assign(printed, &again)
        } catch {
            return "what is printed is refused: \(printed)"
        }
        return key.isSame(in: settings, as: again) ? nil : "printed and read again it is another value"
    }

    private static func withoutQuotes(_ text: String) -> String {
        guard text.hasPrefix("\""),
            let node = try? ConfigurationYAML.parse(Array(text.utf8), from: .environment(name: "")),
            case .text(let text) = node.content
        else { return text }
        return text
    }

    /// No line but its own, and nothing that moves a terminal's cursor.
    private static func isSafe(_ text: String) -> Bool {
        !text.unicodeScalars.contains(where: LogText.isUnsafe)
    }
}
