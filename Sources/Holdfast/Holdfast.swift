import ArgumentParser

/// The executable: commands and wiring, no logic.
@main
struct Holdfast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract: "A digital wallet whose ledger asks a risk engine before money moves.",
        subcommands: [Bench.self])
}
