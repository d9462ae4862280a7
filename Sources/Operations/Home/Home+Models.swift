internal import Cryptography
internal import Foundation
internal import Scoring

/// The model that an engine decides with in a home: which one, and where it was read from.
public struct DecidingModel: Sendable, Equatable {
    /// SHA-256 of the model, 64 lower-case hexadecimal digits.
    public let hash: String
    /// The file it was read from, absolute.
    public let path: String

    /// One line: the hash and the path.
    var text: String { "\(hash) \(path)\n" }

    init(hash: String, path: String) {
        self.hash = hash
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// What a file of that one line says; nil if it says something else.
    init?(text: String) {
        let words = text.trimmingCharacters(in: .newlines)
            .split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, Hexadecimal.decode(words[0])?.count == 32,
            words[1].hasPrefix("/"), !words[1].contains("\n")
        else { return nil }
        (hash, path) = (words[0], words[1])
    }

    /// What is at the path now.
    public enum Found: Sendable, Equatable {
        case same
        case missing
        /// Another model, or what is none.
        case another
    }

    /// Compares the model with the one at its path.
    public func look() -> Found {
        guard FileManager.default.fileExists(atPath: path) else { return .missing }
        guard let model = try? RiskModel.load(path: path) else { return .another }
        return model.hash.description == hash ? .same : .another
    }
}

/// A home keeps every model that ever decided in it, by its hash: they are small, and without them nobody could say
/// any more why it was decided so.
extension Home {
    static let modelsName = "models"
    static let decidingModelName = "model"
    var modelsFolder: String { path + "/" + Self.modelsName }

    /// File of a kept model.
    public func keptModel(_ hash: String) -> String { "\(modelsFolder)/\(hash).hfm" }

    /// SHA-256 of the model that an engine was last started with; nil if none ever was in this home.
    var startModel: String? { decidingModel?.hash }

    /// Gives kept models by their hash; nil for what is not kept, or is damaged.
    var keptModels: @Sendable ([UInt8]) -> RiskModel? {
        let home = self
        return { hash in
            let model = try? RiskModel.load(path: home.keptModel(Hexadecimal.encode(hash)))
            return model?.hash.bytes == hash ? model : nil
        }
    }

    /// Keeps a copy of a model, so that a policy may name it.
    func keepCopy(_ model: RiskModel) throws(OperationError) {
        let bytes = model.encoded()
        let copy = keptModel("\(model.hash)")
        guard FileManager.default.contents(atPath: copy) != Data(bytes) else { return }
        try makeFolder(modelsFolder)
        try write(Data(bytes), to: copy)
    }

    /// The model that an engine decided with last; nil if none ever did in this home.
    var decidingModel: DecidingModel? {
        (try? String(contentsOfFile: path + "/" + Self.decidingModelName, encoding: .utf8))
            .flatMap(DecidingModel.init(text:))
    }

    /// Remembers that an engine decides with a model from now on, and keeps a copy.
    func keep(_ model: RiskModel, from path: String) throws(OperationError) {
        let deciding = DecidingModel(hash: "\(model.hash)", path: path)
        try keepCopy(model)
        try write(deciding.text, to: self.path + "/" + Self.decidingModelName)
    }
}
