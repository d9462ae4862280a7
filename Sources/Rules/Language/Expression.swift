/// What a rule asks, as it was written.
indirect enum Expression: Sendable, Equatable {
    case number(Double, Place)
    case duration(seconds: Double, Place)
    /// A feature, or the model's score.
    case input(String, Place)
    case isMissing(String, Place)
    case call(Function, [Expression], Place)
    case negated(Expression, Place)
    case not(Expression, Place)
    case arithmetic(Arithmetic, Expression, Expression, Place)
    case comparison(Comparison, Expression, Expression, Place)
    case junction(isAnd: Bool, Expression, Expression, Place)

    enum Function: String, Sendable, CaseIterable { case min, max, abs }
    enum Arithmetic: String, Sendable {
        case add = "+", subtract = "-", multiply = "*", divide = "/"
    }
    enum Comparison: String, Sendable, CaseIterable {
        case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", equal = "=="
        case unequal = "!="
    }

    var place: Place {
        switch self {
        case .number(_, let place), .duration(_, let place), .input(_, let place),
            .isMissing(_, let place), .call(_, _, let place), .negated(_, let place),
            .not(_, let place), .arithmetic(_, _, _, let place), .comparison(_, _, _, let place),
            .junction(_, _, _, let place):
            place
        }
    }
}

/// One rule as it was written.
struct WrittenRule: Sendable, Equatable {
    var isShadow: Bool
    var condition: Expression
    var action: String
    var actionPlace: Place
    var name: String
    var namePlace: Place
}
