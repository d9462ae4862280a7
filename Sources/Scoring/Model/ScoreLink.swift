internal import Glibc

/// What a model's inputs are rounded to before anything else is done with them. Raw values are the file's.
public enum InputPrecision: UInt8, Sendable, CaseIterable {
    /// They stay as they are.
    case double = 0
    /// The nearest number of IEEE 754 binary32, as a graph of ONNX whose inputs are such numbers takes them. Only for
    /// models whose terms are linear in the values themselves.
    case single = 1

    /// The rounded value; NaN stays NaN.
    @inlinable public func callAsFunction(_ value: Double) -> Double {
        switch self {
        case .double: value
        case .single: Double(Float(value))
        }
    }
}

/// What makes a score of the sum of all parts. Raw values are the file's.
public enum ScoreLink: UInt8, Sendable, CaseIterable {
    /// The sum is the log-odds x of the probability 1 / (1 + exp(−x)).
    case logistic = 0
    /// The sum is the binary logarithm of the score, which is 1 at most: 2^(−E[h]/c(ψ)) of an isolation forest alone
    /// (Liu, Ting, Zhou 2008). No probability, but in the same range and order.
    case powerOfTwo = 1

    /// The score, 0 … 1, of a sum of parts.
    @inline(__always) func score(ofSum sum: Double) -> Double {
        switch self {
        case .logistic: Explanation.probability(logOdds: sum)
        case .powerOfTwo: min(1, exp2(sum))
        }
    }
}
