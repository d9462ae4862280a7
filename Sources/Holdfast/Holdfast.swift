import ArgumentParser
import Foundation
import LinearAlgebra

/// The executable: commands and wiring, no logic.
@main
struct Holdfast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract: "A digital wallet whose ledger asks a risk engine before money moves.",
        version: "0.1.0",
        subcommands: [
            Up.self, WalletCommand.self, Risk.self, Simulate.self, Alerts.self, Stream.self,
            DatasetCommand.self, FeaturesCommand.self, Train.self, Score.self, Evaluate.self,
            Compare.self, BacktestCommand.self, Explain.self, Drift.self, Promote.self,
            RollBack.self, PolicyCommand.self, Lists.self, ExportModel.self, ImportModel.self,
            Replay.self, Verify.self, AuditCommand.self, KeysCommand.self, FeesCommand.self,
            Backup.self,
            Restore.self, Bench.self,
        ])

    static func main() async {
        NumericEnvironment.enter()
        await Self.main(nil)
    }
}

/// Scores depend on the kernels that BLAS chooses when it is loaded; they are fixed before that, by starting anew.
enum NumericEnvironment {
    static func enter() {
        let missing = NumericFingerprint.environment.filter {
            ProcessInfo.processInfo.environment[$0.name] != $0.value
        }
        if missing.isEmpty || getenv("HOLDFAST_STARTED_ANEW") != nil { return }
        for variable in missing { setenv(variable.name, variable.value, 1) }
        setenv("HOLDFAST_STARTED_ANEW", "1", 1)
        var arguments: [UnsafeMutablePointer<CChar>?] =
            CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
        // Only if that failed: go on, and say in every fingerprint what was used.
    }
}
