import ArgumentParser
import Server

/// `roost check`: what would `roost serve` do?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Validate the configuration and show the settings in force.",
        discussion: """
            Prints every setting with its value and where that came from: a flag, the environment, a line of the file, \
            or the default; what is allowed but risky, as warnings. Exits with 2, after a line for each mistake, if \
            something is wrong.
            """)

    @Flag(help: "Say of each setting what it does, and what is accepted.")
    var explain = false

    @OptionGroup var options: ServeOptions

    func run() throws {
        let settings = try options.load()
        for warning in settings.warnings { StandardError.print("warning: \(warning)") }
        print(explain ? settings.explanation : settings.report)
    }
}
