public import Tables

/// Why no model could be fitted.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    case table(TableError)
    case output(OutputError)
    /// No labelled rows in a part of the range.
    case noRows(String)
    /// All labelled rows of a part of the range are of one class.
    case oneClass(String, isFraud: Bool)
    /// A value, by its row from 0 and its column, that is no number or beyond what can be fitted.
    case notFinite(row: Int, column: String, value: Double)
    /// Every feature is constant on the fitted rows.
    case allConstant
    /// Without a penalty, terms that are sums of others have no unique weights; the first that is.
    case dependent(term: String)
    /// Without a penalty, the classes of some rows can be told apart exactly, and no finite weights
    /// are the best; the term that does it, or most of it.
    case separated(term: String)
    /// Newton's steps came to no end.
    case notConverged(iterations: Int, gradient: Double)
    /// The parts do not make a model.
    case model(String)

    /// What was wrong, and what would be right.
    public var description: String {
        switch self {
        case .table(let error): error.description
        case .output(let error): error.description
        case .noRows(let part): "there are no labelled rows in \(part)"
        case .oneClass(let part, let isFraud):
            "all labelled rows in \(part) are \(isFraud ? "fraud" : "honest"): a model needs both in "
                + "each part of the table's time; give a table that is longer or has more of the other"
        case .notFinite(let row, let column, let value):
            "row \(row), counted from 0, of those to be fitted has \(value) in column \(column)"
        case .allConstant: "every feature is constant: there is nothing to fit"
        case .dependent(let term):
            "term \(term) depends linearly on others; a penalty above 0 makes the fit unique"
        case .separated(let term):
            "classes are separated exactly, mostly by \(term); a penalty above 0 is needed"
        case .notConverged(let iterations, let gradient):
            "Newton's steps did not converge in \(iterations) iterations (gradient \(gradient))"
        case .model(let reason): reason
        }
    }
}
