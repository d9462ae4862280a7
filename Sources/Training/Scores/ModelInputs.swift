internal import Features
public import Scoring
public import Tables

/// Where the inputs of a model come from, and that they are there.
public struct ModelInputs: Sendable {
    /// How a table is read for the model: with the further columns that it was fitted to.
    public let reading: TableOptions
    /// Whether its inputs are the table's own columns, and not features of the catalogue.
    public let isOfColumns: Bool

    /// The catalogue's features and the further columns of `reading`, for no model in particular.
    public init(catalogueWith reading: TableOptions) {
        self.reading = reading
        isOfColumns = false
    }

    /// - Throws: ``TrainingError`` if the model was fitted to other inputs than are asked for.
    public init(
        _ model: RiskModel, _ reading: TableOptions, isOfColumns: Bool
    ) throws(TrainingError) {
        var reading = reading
        let names = model.featureNames
        if isOfColumns {
            guard model.catalogueHash == ColumnInputs.hash(of: names) else {
                throw .model(
                    "the model was not fitted to a table's own columns: leave out --columns")
            }
        } else {
            guard model.catalogueHash != ColumnInputs.hash(of: names) else {
                throw .model("the model was fitted to a table's own columns: give --columns")
            }
            let known = FeatureCatalogue.all.map(\.name)
            let hash = FeatureCatalogue.hash(labelDelaySeconds: reading.labelDelaySeconds)
            guard model.catalogueHash == hash, names.starts(with: known) else {
                throw .model(
                    "the model was fitted to another catalogue of features than this build's, or with another "
                        + "--label-delay than \(reading.labelDelaySeconds / 86_400) d: fit it anew, or give that one"
                )
            }
            reading.extras = Array(names.dropFirst(known.count))
        }
        self.reading = reading
        self.isOfColumns = isOfColumns
    }
}
