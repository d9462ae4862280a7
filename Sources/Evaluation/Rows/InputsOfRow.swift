public import Scoring
public import Tables
public import Training

/// One row of a table as a model sees it.
public struct InputsOfRow: Sendable, Equatable {
    /// The row's `transaction_id`.
    public let identifier: String
    /// The model's inputs; NaN where missing.
    public let values: [Double]

    /// Finds the row by its `transaction_id`, replaying what came before it.
    ///
    /// - Throws: ``TrainingError`` if the table cannot be read, has no such row, or the model has other inputs.
    public init(
        _ identifier: String, in table: String, _ model: RiskModel, reading: TableOptions,
        isOfColumns: Bool, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) {
        let inputs = try ModelInputs(model, reading, isOfColumns: isOfColumns)
        self.identifier = identifier
        let found: [Double]?
        do throws(TableError) {
            found =
                isOfColumns
                ? try Self.column(identifier, table, model, inputs.reading)
                : try Self.replayed(identifier, table, inputs.reading, progress)
        } catch { throw .table(error) }
        guard let found else {
            throw .model("\(table) has no row with transaction_id \(identifier) in the range")
        }
        values = found
    }

    private static func replayed(
        _ identifier: String, _ table: String, _ reading: TableOptions,
        _ progress: (TrainingProgress) -> Void
    ) throws(TableError) -> [Double]? {
        let wanted = Array(identifier.utf8)
        var pass = try FeaturePass(path: table, options: reading)
        var inputs = [Double](repeating: 0, count: pass.names.count)
        while let batch = try pass.next() {
            for index in 0..<batch.count {
                let isInRange = inputs.withUnsafeMutableBufferPointer { buffer in
                    buffer.baseAddress.map { pass.inputs(of: batch, index, into: $0) } ?? false
                }
                if isInRange, batch.identifiers[batch.identifier(index)].elementsEqual(wanted) {
                    return inputs
                }
            }
            progress(TrainingProgress(stage: "replaying", fraction: pass.fractionRead))
            pass.reuse(batch)
        }
        return nil
    }

    private static func column(
        _ identifier: String, _ table: String, _ model: RiskModel, _ reading: TableOptions
    ) throws(TableError) -> [Double]? {
        let wanted = Array(identifier.utf8)
        var reader = try ColumnReader(
            path: table, columns: model.featureNames, options: reading)
        let width = reader.names.count
        var batch = RowBatch()
        while try reader.read(into: &batch) {
            for index in 0..<batch.count
            where batch.identifiers[batch.identifier(index)].elementsEqual(wanted) {
                return Array(batch.extras[index * width..<(index + 1) * width])
            }
        }
        return nil
    }
}
