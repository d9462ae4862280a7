/// Sums over rows of the derivatives of the loss by the margin: what a leaf's weight and its gain
/// are made of (Friedman 2001; Chen, Guestrin: *XGBoost*, KDD 2016, section 2.2).
struct GradientSums: BitwiseCopyable, Sendable {
    /// Σ v·(p − y).
    var gradient = 0.0
    /// Σ v·p·(1 − p).
    var curvature = 0.0
    /// Rows.
    var count = 0.0

    static func + (a: GradientSums, b: GradientSums) -> GradientSums {
        GradientSums(
            gradient: a.gradient + b.gradient, curvature: a.curvature + b.curvature,
            count: a.count + b.count)
    }

    static func - (a: GradientSums, b: GradientSums) -> GradientSums {
        GradientSums(
            gradient: a.gradient - b.gradient, curvature: a.curvature - b.curvature,
            count: a.count - b.count)
    }

    /// Half the fall of the deviance that the best weight of these rows brings, about.
    @inline(__always) func gain(_ shrinkage: Double) -> Double {
        0.5 * gradient * gradient / (curvature + shrinkage)
    }

    /// That weight.
    @inline(__always) func weight(_ shrinkage: Double) -> Double {
        -gradient / (curvature + shrinkage)
    }

    /// Half the fall of the deviance of these rows if they get a weight that others chose.
    @inline(__always) func gain(ofWeight weight: Double) -> Double {
        -(gradient * weight + 0.5 * curvature * weight * weight)
    }
}

/// What a split of rows must be worth.
struct SplitLimits: Sendable {
    /// Leaves, at most.
    var leaves: Int
    /// Rows of a leaf, at least.
    var leastRows = 20.0
    /// Gain of a split, at least: what the best of many cuts through noise comes to is less.
    var leastGain = 4.0
    /// Added to the curvature of a leaf.
    var shrinkage = 1.0
}

/// Grows a tree on one axis, the best split first, and gives its cuts.
enum StepTree {
    private struct Leaf {
        let range: Range<Int>
        let cut: Int
        let gain: Double
    }

    /// Positions of cuts between the bins of an axis, ascending: a cut at p is before bin p.
    static func cuts(_ bins: [GradientSums], _ limits: SplitLimits) -> [Int] {
        var prefix = [GradientSums()]
        for bin in bins { prefix.append((prefix.last ?? GradientSums()) + bin) }
        var cuts: [Int] = []
        var leaves = [best(0..<bins.count, prefix, limits)]
        while leaves.count < limits.leaves {
            guard let place = leaves.indices.max(by: { leaves[$0].gain < leaves[$1].gain }),
                leaves[place].gain >= limits.leastGain
            else { break }
            let leaf = leaves[place]
            cuts.append(leaf.cut)
            leaves[place] = best(leaf.range.lowerBound..<leaf.cut, prefix, limits)
            leaves.append(best(leaf.cut..<leaf.range.upperBound, prefix, limits))
        }
        return cuts.sorted()
    }

    private static func best(
        _ range: Range<Int>, _ prefix: [GradientSums], _ limits: SplitLimits
    ) -> Leaf {
        let start = prefix[range.lowerBound]
        let all = prefix[range.upperBound] - start
        let whole = all.gain(limits.shrinkage)
        var (cut, gain) = (range.lowerBound, -Double.infinity)
        for candidate in range.dropFirst() {
            let left = prefix[candidate] - start
            let right = all - left
            guard left.count >= limits.leastRows, right.count >= limits.leastRows else { continue }
            let value = left.gain(limits.shrinkage) + right.gain(limits.shrinkage) - whole
            if value > gain { (cut, gain) = (candidate, value) }
        }
        return Leaf(range: range, cut: cut, gain: gain)
    }

    /// Up to `count − 1` cuts that part an axis into bins of like curvature: where the model is
    /// least sure there are most.
    static func quantiles(_ bins: [GradientSums], count: Int) -> [Int] {
        let total = bins.reduce(0) { $0 + $1.curvature }
        var (sum, next) = (0.0, 1)
        var cuts: [Int] = []
        for (place, bin) in bins.enumerated().dropLast() {
            sum += bin.curvature
            guard next < count, sum >= total * Double(next) / Double(count) else { continue }
            cuts.append(place + 1)
            while next < count, sum >= total * Double(next) / Double(count) { next += 1 }
        }
        return cuts
    }
}
