import ArgumentParser
import Foundation
import Operations
import Scoring
import Tables
import Training

struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score the rows of a transactions table with a model, in their order.",
        discussion: """
            Writes `transaction_id,score`: the calibrated probability of fraud, in digits from which the same double is \
            read again. The table is streamed, so that its length does not matter; earlier rows than --from are \
            replayed as history and not written. The output appears whole, or not at all. A further column that the \
            model was fitted to with --extra is read from the table under the same name.
            """)

    @Argument(help: "Model file, or the folder that holds it.") var model: String
    @Argument(help: "Transactions table (CSV, .gz or not).") var table: String
    @Option(help: "File to write (CSV; a name that ends in .gz makes it a compressed one).")
    var out: String
    @OptionGroup var reading: TableArguments
    @Flag(help: "Write every input of the model, too; a missing value is an empty field.")
    var features = false
    @Flag(help: "Write the three strongest reasons and their parts in the log-odds, too.")
    var reasons = false

    func run() throws {
        var options = TableScores.Options()
        options.reading = reading.options
        options.isOfColumns = reading.columns
        options.writesFeatures = features
        options.writesReasons = reasons
        let scores = try TableScores(
            try RiskModel.load(path: ModelDirectory.modelPath(of: model)), options: options)
        var bar = ProgressBar()
        let summary = try scores.write(table, to: out) { bar.show($0.stage, $0.fraction ?? 0) }
        bar.finish()
        TableArguments.report(ignoredColumns: summary.ignoredColumns, skipped: summary.skipped)
        print("\(out): \(summary.scored) rows scored, \(summary.read) read")
    }
}
