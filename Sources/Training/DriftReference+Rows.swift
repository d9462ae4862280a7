public import Foundation
internal import LinearAlgebra
public import Scoring

extension DriftReference {
    /// The inputs of some rows, and the scores that a model gives them.
    init(_ model: RiskModel, _ rows: FeatureRows, _ places: [Int]) {
        let inputs = rows.names.indices.map { column in
            Spread(name: rows.names[column], values: places.map { rows[$0, column] })
        }
        var scorer = Scorer(model)
        let tile = Matrix(rows: 1_024, columns: rows.width)
        var scores = [Double](repeating: 0, count: places.count)
        scores.withUnsafeMutableBufferPointer { scores in
            guard let into = scores.baseAddress else { return }
            for start in stride(from: 0, to: places.count, by: tile.rows) {
                let taken = min(tile.rows, places.count - start)
                for row in 0..<taken {
                    let to = tile.row(row)
                    for column in 0..<rows.width { to[column] = rows[places[start + row], column] }
                }
                scorer.score(rows: tile.pointer, count: taken, into: into + start)
            }
        }
        self.init(inputs: inputs, score: Spread(name: Self.scoreName, values: scores))
    }

    /// As it stands in the file beside a model: JSON, with infinities as texts.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(self)
    }

    /// Reads what ``encoded()`` gave.
    public init(encoded data: Data) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        self = try decoder.decode(DriftReference.self, from: data)
    }
}
