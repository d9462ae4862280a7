internal import Glibc
internal import LinearAlgebra
internal import Scoring
internal import Tables

/// Scores rows and writes what came of it: `transaction_id,score`, then the inputs, then the reasons, as far as they are
/// asked for.
struct ScoreWriter: ~Copyable {
    private var output: TableOutput
    private var text = TextBuffer()
    private var scorer: Scorer
    private var scores: [Double] = []
    private let writesFeatures: Bool
    private let writesReasons: Bool
    private let width: Int

    private static let reasonCount = 3
    private static let chunkLength = 1 << 16

    init(
        path: String, _ model: RiskModel, _ options: TableScores.Options
    ) throws(OutputError) {
        output = try TableOutput(path: path)
        scorer = Scorer(model)
        writesFeatures = options.writesFeatures
        writesReasons = options.writesReasons
        width = model.featureNames.count
        text.append("transaction_id")
        text.comma()
        text.append("score")
        if writesFeatures {
            for name in model.featureNames {
                text.comma()
                text.append(name)
            }
        }
        if writesReasons {
            for number in 1...Self.reasonCount {
                text.comma()
                text.append("reason_\(number)")
                text.comma()
                text.append("contribution_\(number)")
            }
        }
        text.newline()
    }

    /// Scores the first rows of `inputs`, one for each of the `given` rows of a batch.
    mutating func append(
        _ batch: borrowing RowBatch, _ given: [Int], _ inputs: borrowing Matrix
    ) throws(OutputError) {
        while scores.count < given.count { scores.append(0) }
        scores.withUnsafeMutableBufferPointer { scores in
            guard let into = scores.baseAddress else { return }
            scorer.score(rows: inputs.pointer, count: given.count, into: into)
        }
        for (place, index) in given.enumerated() {
            text.append(quoting: batch.identifiers.span.extracting(batch.identifier(index)))
            text.comma()
            text.append(scores[place])
            if writesFeatures {
                let row = inputs.row(place)
                for column in 0..<width {
                    text.comma()
                    text.append(row[column])
                }
            }
            if writesReasons { appendReasons(inputs.row(place)) }
            text.newline()
            if text.count >= Self.chunkLength { try flush() }
        }
    }

    private mutating func appendReasons(_ row: UnsafePointer<Double>) {
        let strongest = scorer.contributions(row: row).strongest(Self.reasonCount)
        for place in 0..<Self.reasonCount {
            text.comma()
            if place < strongest.count { text.append(strongest[place].name) }
            text.comma()
            if place < strongest.count { text.append(strongest[place].contribution) }
        }
    }

    private mutating func flush() throws(OutputError) {
        try output.append(text)
        text.removeAll()
    }

    mutating func commit() throws(OutputError) {
        try flush()
        try output.commit()
    }
}
