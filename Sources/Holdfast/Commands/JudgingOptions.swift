import ArgumentParser
import Evaluation
import Foundation
import Operations
import Scoring
import Training

/// What the commands that judge models have in common.
struct JudgingOptions: ParsableArguments {
    @Argument(help: "Transactions table (CSV, .gz or not).") var table: String
    @OptionGroup var reading: TableArguments
    @Flag(help: "Print one JSON object instead of tables.") var json = false

    /// Scores the table's labelled rows with each model.
    func judge(_ models: [RiskModel]) throws -> JudgedTable {
        var bar = ProgressBar()
        defer { bar.finish() }
        let judged = try JudgedTable(
            table, models, reading: reading.options, isOfColumns: reading.columns
        ) { bar.show($0.stage, $0.fraction ?? 0) }
        bar.finish()
        TableArguments.report(ignoredColumns: judged.ignoredColumns, skipped: judged.skipped)
        if judged.unlabelled > 0 {
            FileHandle.standardError.write(
                Data("\(judged.unlabelled) rows have no label and are not judged\n".utf8))
        }
        return judged
    }

    /// Prints a result, as JSON if that was asked for.
    func show(_ result: some Encodable, text: @autoclosure () -> String) throws {
        guard json else { return print(text(), terminator: "") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        print(String(decoding: try encoder.encode(result), as: UTF8.self))
    }

    static func load(_ path: String) throws -> RiskModel {
        try RiskModel.load(path: ModelDirectory.modelPath(of: path))
    }
}

/// How often figures are resampled.
struct BootstrapOptions: ParsableArguments {
    @Option(help: "Samples of the bootstrap that gives intervals; 0 for none.") var samples = 200
    @Option(help: "Seed of the bootstrap.") var seed: UInt64 = 1

    func validate() throws {
        guard (0...100_000).contains(samples) else {
            throw ValidationError("--samples \(samples): it is from 0 to 100000")
        }
    }

    var options: Evaluation.Options {
        var options = Evaluation.Options()
        options.samples = samples
        options.seed = seed
        return options
    }
}
