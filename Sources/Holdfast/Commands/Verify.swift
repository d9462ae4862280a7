import ArgumentParser
import Foundation
import LinearAlgebra
import Operations
import Verification

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Recompute everything from the postings alone and compare; exit status 1 on any breach.",
        discussion: """
            Reads only, cuts at one sequence, and works on a running system. Decisions of another build, \
            model or numeric fingerprint are reported apart. What cannot be judged, such as expiry where no wallet \
            runs, is printed as not checked, with the reason; that is no breach.
            """)

    @OptionGroup var home: HomeOptions
    @Option(help: "Folders to look for models in, beside those that the home keeps.")
    var models = ["Models"]

    func run() throws {
        let bar = SharedProgressBar()
        let verification = HomeVerification(try home.existing(), modelFolders: models)
        let report = try verification.run { bar.show($0.subject, $0.done, of: $0.total) }
        bar.finish()
        for line in report.lines { print(line) }
        print(
            "cut at sequence \(report.cut.rawValue); \(report.reproducedDecisions) decisions reproduced bit for bit"
        )
        for (reason, count) in report.decisionsApart.sorted(by: { $0.key < $1.key }) {
            print("apart: \(count) decisions, \(reason)")
        }
        if !report.isSound { throw ExitCode(1) }
    }
}

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replay the log from its first event through the engine, and say how fast.")

    @OptionGroup var home: HomeOptions
    @Option(help: "Model file.") var model = "Models/default/model.hfm"

    func run() throws {
        let home = try home.existing()
        var bar = ProgressBar()
        let result = try LogReplay(home, model: model).run { bar.show("replaying", $0) }
        bar.finish()
        print(
            String(
                format:
                    "%lld events in %.2f s: %.0f events/s, %lld decided, %lld pending at the end",
                result.events, result.seconds, Double(result.events) / max(result.seconds, 1e-9),
                result.decided, result.pending))
    }
}

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a running home into a new folder: its ledger, its keys and its models.",
        discussion: """
            Payments go on meanwhile. The folder holds a base backup of the PostgreSQL cluster with the write-ahead \
            log it needs, every model that decided in this home, and all keys, secret ones too: keep it as safe as the \
            home. The engine's snapshot is not in it.
            """)

    @OptionGroup var home: HomeOptions
    @Argument(help: "Folder to make.") var to: String

    func run() throws {
        var bar = ProgressBar()
        defer { bar.finish() }
        try HomeBackup(home.existing()).make(at: URL(fileURLWithPath: to).standardizedFileURL.path)
        {
            bar.show($0, $1)
        }
        bar.finish()
        print("backed up to \(to)")
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a home from a backup; an existing ledger or key is never overwritten.")

    @OptionGroup var home: HomeOptions
    @Argument(help: "Folder of the backup.") var from: String

    func run() throws {
        let home = try home.open()
        var bar = ProgressBar()
        defer { bar.finish() }
        let deciding = try HomeBackup(home).restore(
            from: URL(fileURLWithPath: from).standardizedFileURL.path
        ) { bar.show($0, $1) }
        bar.finish()
        print(
            "restored to \(home.path); `holdfast up` starts it, and an engine whose snapshot is of later "
                + "events replays the log"
        )
        if let deciding { tell(deciding, home) }
    }

    /// Says which model to go on with, if it is not where it was.
    private func tell(_ model: DecidingModel, _ home: Home) {
        let found: String
        switch model.look() {
        case .same: return
        case .missing: found = "there is none now"
        case .another: found = "the one there now is another"
        }
        print(
            "its engine decided with the model \(model.hash), read from \(model.path); \(found): "
                + "--model \(home.keptModel(model.hash)) goes on with it")
    }
}
