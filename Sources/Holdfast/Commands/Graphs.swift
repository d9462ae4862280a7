import ArgumentParser
import Foundation
import ONNX
import Scoring
import Tables
import Training

struct ExportModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model as a graph that other programs can score with.",
        discussion: """
            The ONNX file holds the whole model: transform, steps and pairs, forest, calibration and score, in doubles. \
            In goes `features`, one column for each input of the model in the order of `holdfast score --features`, NaN \
            where a value is missing; out come `score` and `log_odds`. The file appears whole, or not at all.
            """)

    @Argument(help: "Model file, or the folder that holds it.") var model: String
    @Option(help: "ONNX file to write.") var onnx: String

    func run() throws {
        let path = ModelDirectory.modelPath(of: model)
        let loaded = try RiskModel.load(path: path)
        let bytes = try ScoringGraph.encoded(loaded, name: ModelDirectory(path: model).name)
        try AtomicFile.write(bytes, to: onnx)
        print(
            "\(onnx): \(loaded.featureNames.count) inputs, \(bytes.count) bytes, of model \(loaded.hash)"
        )
    }
}

struct ImportModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a model of a graph that was fitted elsewhere.",
        discussion: """
            Reads ONNX files as skl2onnx writes them of scikit-learn's LogisticRegression, after a StandardScaler or not, \
            and IsolationForest. The model's inputs are columns of a table, for `holdfast score --columns` and all other \
            commands that take --columns. They are rounded to the graph's type first. The score of a forest is \
            2^(-E[h]/c), scikit-learn's score_samples without its sign. The folder appears whole, or not at all.
            """)

    @Option(help: "ONNX file to read.") var onnx: String
    @Option(help: "Folder to write the model and its card to; it must not exist.") var out: String
    @Option(
        help:
            "Names of the inputs in their order, separated by commas; without them an input of one column keeps its name, others are called x0, x1, …"
    )
    var names: ColumnNames?
    @Option(help: "The class that means fraud; not needed if it is called 1.")
    var fraudClass: String?

    func run() throws {
        var options = GraphImport.Options()
        options.names = names?.names
        options.fraudClass = fraudClass
        let imported: GraphImport
        do {
            imported = try GraphImport(
                try GraphFile.read(onnx), options: options, catalogueHash: ColumnInputs.hash(of:))
        } catch let error as GraphError {
            var text = "\(error)"
            if case .value("the classes", _) = error { text += " (--fraud-class)" }
            throw GraphFile.Refused(path: onnx, reason: text)
        }
        let directory = ModelDirectory(path: out)
        try directory.writeImported(imported.model, summary: imported.summary, source: onnx)
        print("\(directory.modelPath): \(imported.summary)")
        print("inputs: \(imported.model.featureNames.joined(separator: ","))")
        print("held from score \(imported.model.thresholds.hold)")
    }
}

/// Files of graphs that are read.
enum GraphFile {
    /// What is wrong with one.
    struct Refused: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "\(path) \(reason)" }
    }

    private static let maximumLength = 256 << 20

    static func read(_ path: String) throws -> [UInt8] {
        let handle: FileHandle
        do { handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)) } catch {
            throw Refused(path: path, reason: "cannot be read: \(String(cString: strerror(errno)))")
        }
        let data = try handle.read(upToCount: maximumLength + 1) ?? Data()
        guard data.count <= maximumLength else {
            throw Refused(
                path: path, reason: "is longer than \(maximumLength) bytes, the most that is read")
        }
        return [UInt8](data)
    }
}
