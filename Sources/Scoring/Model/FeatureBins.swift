/// Where a feature's values are told apart by its step and pair terms: half-open intervals between
/// cut points, or the known levels of a category. Bin 0 is always the missing value.
public enum FeatureBins: Sendable, Equatable {
    /// Ascending cut points in the feature's own unit: bin 1 is below the first, a value at a cut is
    /// above it. Single precision, so that a value's single precision rounded down compares with
    /// them exactly as the value itself does.
    case cuts([Float])
    /// Ascending codes of the levels that training saw often enough: bin 1 is every other level, bin
    /// 2 the first of these.
    case levels([Double])

    /// No feature has more bins: they are numbered by one byte.
    public static let maximumCount = 256

    /// Number of bins, that of the missing value included.
    public var count: Int {
        switch self {
        case .cuts(let cuts): cuts.count + 2
        case .levels(let levels): levels.count + 2
        }
    }

    /// The bin of a value, 0 if it is NaN; by bisection.
    public func bin(of value: Double) -> Int {
        if value.isNaN { return 0 }
        switch self {
        case .cuts(let cuts): return 1 + Self.position(in: cuts) { Double($0) <= value }
        case .levels(let levels):
            let position = Self.position(in: levels) { $0 <= value }
            return position > 0 && levels[position - 1] == value ? position + 1 : 1
        }
    }

    /// How many elements from the first on satisfy a condition that holds for a prefix.
    private static func position<Element>(
        in elements: [Element], where holds: (Element) -> Bool
    ) -> Int {
        var (low, high) = (0, elements.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(elements[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether there are not too many bins and their bounds are finite and ascend.
    var isValid: Bool {
        guard count <= Self.maximumCount else { return false }
        switch self {
        case .cuts(let cuts):
            return cuts.allSatisfy(\.isFinite) && zip(cuts, cuts.dropFirst()).allSatisfy { $0 < $1 }
        case .levels(let levels):
            return levels.allSatisfy(\.isFinite)
                && zip(levels, levels.dropFirst()).allSatisfy { $0 < $1 }
        }
    }
}

/// One feature's steps: log-odds by the bin that its value is in, what credit scoring calls the
/// points of a scorecard. Centred by the trainer: the mean over the training rows of everything
/// that a feature adds is 0.
public struct StepTerm: Sendable, Equatable {
    /// Where the steps are.
    public var bins: FeatureBins
    /// Log-odds of each bin before calibration, that of the missing value first.
    public var weights: [Double]

    /// A term as it was fitted: one weight a bin.
    public init(bins: FeatureBins, weights: [Double]) {
        self.bins = bins
        self.weights = weights
    }

    /// What a value adds to the margin.
    public func weight(of value: Double) -> Double { weights[bins.bin(of: value)] }
}

/// The interaction of two features: log-odds by the cell that their bins meet in. Neighbouring bins
/// that share a group share their cells.
public struct PairTerm: Sendable, Equatable {
    /// Index of the one feature, which has steps.
    public var first: Int
    /// Index of the other, larger than ``first``.
    public var second: Int
    /// Group of each bin of the first feature.
    public var firstGroups: [UInt8]
    /// Group of each bin of the second.
    public var secondGroups: [UInt8]
    /// Log-odds of each cell before calibration, the first feature's groups one after another.
    public var weights: [Double]

    /// A term as it was fitted: one group a bin, one weight a cell.
    public init(
        first: Int, second: Int, firstGroups: [UInt8], secondGroups: [UInt8], weights: [Double]
    ) {
        self.first = first
        self.second = second
        self.firstGroups = firstGroups
        self.secondGroups = secondGroups
        self.weights = weights
    }

    /// Number of groups of the first feature.
    public var firstGroupCount: Int { Int(firstGroups.max() ?? 0) + 1 }
    /// Number of groups of the second feature.
    public var secondGroupCount: Int { Int(secondGroups.max() ?? 0) + 1 }

    /// The weight where two bins meet.
    public func weight(firstBin: Int, secondBin: Int) -> Double {
        weights[Int(firstGroups[firstBin]) * secondGroupCount + Int(secondGroups[secondBin])]
    }
}
