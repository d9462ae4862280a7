internal import Foundation
internal import Glibc
public import Scoring
public import Tables

/// A directory that holds a model and its card, such as `Models/default`.
public struct ModelDirectory: Sendable, Equatable {
    /// The directory itself.
    public let path: String
    /// Name of the model's file in its directory.
    public static let modelFileName = "model.hfm"
    /// Name of the file with the reference for drift, in the model's directory.
    public static let driftFileName = "drift.json"
    /// Name of the card's file in the model's directory.
    public static let cardFileName = "MODEL_CARD.md"

    /// Name of the report's file in the model's directory: what the card says, as JSON.
    public static let reportFileName = "report.json"

    /// The directory at `path`, which need not exist.
    public init(path: String) { self.path = path }

    /// Path of the model's file, from the path of either the file or its directory.
    public static func modelPath(of given: String) -> String {
        var status = stat()
        let isDirectory = stat(given, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        return isDirectory ? ModelDirectory(path: given).modelPath : given
    }

    /// Path of the model's file.
    public var modelPath: String { path + "/" + Self.modelFileName }
    /// Path of the card's file.
    public var cardPath: String { path + "/" + Self.cardFileName }

    /// Path of the report's file.
    public var reportPath: String { path + "/" + Self.reportFileName }

    /// The last component of the path: the model's name.
    public var name: String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Writes plots, card, report and, last, the model, each by atomic rename, making the directory if its parent exists.
    public func write(_ model: RiskModel, _ report: TrainingReport) throws(OutputError) {
        let folder = try OutputFolder(path)
        let card = ModelCard.text(name: name, model: model, report: report)
        try folder.write([(Self.cardFileName, card)])
        try folder.write(TrainingPlots.files(report))
        try folder.write([(Self.reportFileName, report.json(of: model))])
        if let drift = report.drift {
            let text: [UInt8]
            do { text = [UInt8](try drift.encoded()) } catch {
                throw OutputError(path: path + "/" + Self.driftFileName, reason: "\(error)")
            }
            try folder.write(text, to: Self.driftFileName)
        }
        try folder.write(model.encoded(), to: Self.modelFileName)
    }
}
