internal import Foundation
internal import Glibc
public import Scoring
public import Tables

extension ModelDirectory {
    /// Writes a model that was fitted elsewhere, with a card that says so. The directory appears whole, or not at all.
    ///
    /// - Parameters:
    ///   - summary: what the model is in a few words.
    ///   - source: where it was read from.
    /// - Throws: ``OutputError``, also if there is something at the path already: what is left of another model would be
    ///   taken for this one's.
    public func writeImported(
        _ model: RiskModel, summary: String, source: String
    ) throws(OutputError) {
        var end = path
        while end.count > 1, end.hasSuffix("/") { end.removeLast() }
        guard access(end, F_OK) != 0 else {
            throw OutputError(
                path: end, reason: "it exists already; a name that is not taken would be right")
        }
        let partial = ModelDirectory(path: end + ".\(getpid()).partial")
        guard mkdir(partial.path, 0o755) == 0 else {
            throw OutputError(path: end, reason: String(cString: strerror(errno)))
        }
        do throws(OutputError) {
            let card = ModelCard.imported(
                name: name, model: model, summary: summary, source: source)
            try AtomicFile.write(Array(card.utf8), to: partial.cardPath)
            try AtomicFile.write(model.encoded(), to: partial.modelPath)
            guard rename(partial.path, end) == 0 else {
                throw OutputError(path: end, reason: String(cString: strerror(errno)))
            }
        } catch {
            try? FileManager.default.removeItem(atPath: partial.path)
            throw error
        }
    }
}

extension ModelCard {
    /// The page of a model that was fitted elsewhere.
    static func imported(
        name: String, model: RiskModel, summary: String, source: String
    ) -> String {
        let inputs = model.precision == .single ? "rounded to single precision" : "as they are"
        let score =
            switch model.link {
            case .logistic: "the probability of fraud that the regression gives"
            case .powerOfTwo:
                "2^(−E[h]/c(ψ)) of the forest, towards 1 the more unusual a row is: no probability of fraud"
            }
        return """
            # Model `\(name)`

            Fitted elsewhere and read from `\(source)`: \(summary). Nothing is known here of the rows that it was
            fitted to, nor of how well it does; `holdfast evaluate` tells, on labelled rows.

            * SHA-256: `\(model.hash)`
            * Score: \(score).
            * Inputs, \(inputs), in their order: \(model.featureNames.map { "`\($0)`" }.joined(separator: ", ")).
            * Held from score \(model.thresholds.hold), the model's own limit; never declined.

            """
    }
}
