internal import Scoring

/// What a tensor of a graph is as a function of the rows that go in: the few kinds that a logistic regression and an
/// isolation forest are made of.
enum GraphValue: Sendable {
    case constant(GraphTensor)
    /// A table whose columns are each one input, shifted and scaled.
    case columns([InputColumn])
    /// A table whose columns are sums over such columns.
    case sums(LinearSums)
    /// Probabilities of two classes; the second's has these log-odds.
    case probabilities(LinearSums.Sum, [InputColumn], classes: [String])
    /// 1 in every row.
    case one
    /// A number for each leaf of a tree, in the order in which the tree has them.
    case leaves(tree: Int, [Float])
    /// A sum of such numbers, one of each tree, times a factor.
    case lengths(TreeSum)
    /// 2 to the power of that, times a factor, plus an offset.
    case power(TreeSum, factor: Double, offset: Double)
    /// What is not known, and why. It matters only if the score depends on it.
    case unknown(GraphError)

    /// What it is called in errors.
    var kind: String {
        switch self {
        case .constant(let tensor): "a constant of shape \(tensor.shape)"
        case .columns(let columns): "\(columns.count) input columns"
        case .sums(let sums): "\(sums.sums.count) linear sums"
        case .probabilities: "probabilities"
        case .one: "a sum of probabilities"
        case .leaves: "what a tree's leaf stands for"
        case .lengths: "a sum over trees"
        case .power: "a power of a sum over trees"
        case .unknown: "nothing known"
        }
    }
}

/// (x − mean) · factor of one input x.
struct InputColumn: Sendable, Equatable {
    /// Which of the graph's inputs, from 0.
    let input: Int
    var mean = 0.0
    var factor = 1.0
    /// Whether x is rounded to single precision first.
    var precision: InputPrecision

    /// Whether it is the input itself.
    var isPlain: Bool { mean == 0 && factor == 1 }

    /// The column as an operator of single precision takes it.
    var single: InputColumn {
        var column = self
        if isPlain { column.precision = .single }
        return column
    }
}

/// Linear sums of the same columns.
struct LinearSums: Sendable {
    struct Sum: Sendable, Equatable {
        /// One for each column.
        var weights: [Double]
        var offset: Double

        static prefix func - (sum: Sum) -> Sum {
            Sum(weights: sum.weights.map { -$0 }, offset: -sum.offset)
        }
    }

    var columns: [InputColumn]
    var sums: [Sum]

    /// The log-odds of the second of two classes whose scores s₀ and s₁ become σ(s₀) and σ(s₁): they are probabilities
    /// of both if s₀ = −s₁. Nil for anything else.
    var logistic: Sum? { sums.count == 2 && sums[0] == -sums[1] ? sums[1] : nil }

    /// The same where they become exp(s₀) and exp(s₁), divided by their sum.
    var softmax: Sum? {
        guard sums.count == 2 else { return nil }
        return Sum(
            weights: zip(sums[1].weights, sums[0].weights).map { $0 - $1 },
            offset: sums[1].offset - sums[0].offset)
    }
}

/// Σ over trees of a number that each tree's leaf stands for, times a factor.
struct TreeSum: Sendable {
    var leaves: [Int: [Float]]
    var factor = 1.0

    /// Both together; nil if a tree is in both, or one has been multiplied.
    func adding(_ other: TreeSum) -> TreeSum? {
        guard factor == 1, other.factor == 1 else { return nil }
        var sum = self
        for (tree, values) in other.leaves {
            guard sum.leaves.updateValue(values, forKey: tree) == nil else { return nil }
        }
        return sum
    }

    func times(_ factor: Double) -> TreeSum {
        var sum = self
        sum.factor *= factor
        return sum
    }
}
