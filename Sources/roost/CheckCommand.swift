import ArgumentParser
import Server

/// `roost check`: what would `roost serve` do?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Validate the configuration and show the settings in force.",
        discussion: """
            Prints every setting with its value and where that came from: a flag, the environment, a line of the file, \
            or the default. Exits with 2, after a line for each mistake, if something is wrong.
            """)

    @OptionGroup var options: ServeOptions

    func run() throws {
        print(try options.load().report)
    }
}
