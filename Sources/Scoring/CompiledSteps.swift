internal import LinearAlgebra

/// The bins of a model's features, laid out so that a value's bin is found without a branch and is
/// shared by its step and by all pairs that it is in. Weights are multiplied by the calibration's
/// slope.
struct CompiledSteps: ~Copyable, Sendable {
    private static let tileRows = FlatForest.tileRows

    private struct Feature: Sendable {
        let index: Int
        /// Groups of sixteen cuts, the last one filled up.
        let cutGroups: Int
        /// Where its cuts begin; of a category, its levels.
        let bounds: Int
        /// Levels of a category; −1 for cuts.
        let levels: Int
        /// Where its weights begin.
        let weights: Int
    }

    private struct Pair: Sendable {
        /// Where the bins of either feature stand in a tile.
        let first: Int
        let second: Int
        /// Where the groups of their bins begin; those of the first are multiplied by the number of
        /// the second's.
        let firstGroups: Int
        let secondGroups: Int
        /// Where its weights begin.
        let weights: Int
    }

    private let features: [Feature]
    /// Position in `features` by the feature's index; −1 for those that are linear alone.
    private let places: [Int]
    private let pairs: [Pair]
    private let cuts: AlignedBuffer<Int32>
    private let levels: AlignedBuffer<Double>
    private let groups: AlignedBuffer<UInt16>
    private let weights: AlignedBuffer<Double>
    private let bins: AlignedBuffer<UInt8>

    init(_ model: RiskModel) {
        var features: [Feature] = []
        var places = [Int](repeating: -1, count: model.terms.count)
        var (cuts, levels, weights): ([Int32], [Double], [Double]) = ([], [], [])
        for (index, term) in model.terms.enumerated() {
            guard let steps = term.steps else { continue }
            places[index] = features.count
            switch steps.bins {
            case .cuts(let points):
                let groups = (points.count + 15) / 16
                features.append(
                    Feature(
                        index: index, cutGroups: groups, bounds: cuts.count, levels: -1,
                        weights: weights.count))
                // No value is at the largest key: it fills up.
                cuts += points.map { FlatForest.key(of: $0) }
                cuts += [Int32](repeating: .max, count: groups * 16 - points.count)
            case .levels(let codes):
                features.append(
                    Feature(
                        index: index, cutGroups: 0, bounds: levels.count, levels: codes.count,
                        weights: weights.count))
                levels += codes
            }
            weights += steps.weights.map { model.calibration.slope * $0 }
        }
        var groups: [UInt16] = []
        var pairs: [Pair] = []
        for pair in model.pairs {
            let width = UInt16(pair.secondGroupCount)
            let firstGroups = groups.count
            groups += pair.firstGroups.map { UInt16($0) * width }
            let secondGroups = groups.count
            groups += pair.secondGroups.map { UInt16($0) }
            pairs.append(
                Pair(
                    first: pair.first * Self.tileRows, second: pair.second * Self.tileRows,
                    firstGroups: firstGroups, secondGroups: secondGroups, weights: weights.count))
            weights += pair.weights.map { model.calibration.slope * $0 }
        }
        self.features = features
        self.places = places
        self.pairs = pairs
        self.cuts = AlignedBuffer(cuts)
        self.levels = AlignedBuffer(levels)
        self.groups = AlignedBuffer(groups)
        self.weights = AlignedBuffer(weights)
        bins = AlignedBuffer(count: model.terms.count * Self.tileRows)
    }

    /// Adds the steps, then the cells of `count` rows to `sums`, each row for itself, and keeps the
    /// rows' bins.
    ///
    /// - Parameter keys: of the rows' values by `FlatForest.key(orMissing:)`, feature by feature.
    func add(
        keys: UnsafePointer<Int32>, rows: UnsafePointer<Double>, stride: Int, count: Int,
        to sums: UnsafeMutablePointer<Double>
    ) {
        for feature in features {
            let bins = self.bins.pointer + feature.index &* Self.tileRows
            let weights = self.weights.pointer + feature.weights
            if feature.levels >= 0 {
                let values = rows + feature.index
                for row in 0..<count {
                    bins[row] = level(values[row &* stride], feature)
                    sums[row] += weights[Int(bins[row])]
                }
                continue
            }
            let cuts = UnsafeRawPointer(self.cuts.pointer + feature.bounds)
            let keys = keys + feature.index &* Self.tileRows
            for row in 0..<count {
                let key = keys[row]
                // Cuts that are not above the value are counted, sixteen at a time: a search among them would take
                // branches that no processor can foresee.
                let splat = SIMD16<Int32>(repeating: key)
                var below = SIMD16<Int32>()
                for group in 0..<feature.cutGroups {
                    let cuts = cuts.load(fromByteOffset: group &* 64, as: SIMD16<Int32>.self)
                    below.replace(with: below &+ 1, where: cuts .<= splat)
                }
                let isPresent = key == FlatForest.missingKey ? 0 : 1
                let bin = (Int(below.wrappedSum()) &+ 1) &* isPresent
                bins[row] = UInt8(truncatingIfNeeded: bin)
                sums[row] += weights[bin]
            }
        }
        for pair in pairs {
            let first = bins.pointer + pair.first
            let second = bins.pointer + pair.second
            let firstGroups = groups.pointer + pair.firstGroups
            let secondGroups = groups.pointer + pair.secondGroups
            let weights = self.weights.pointer + pair.weights
            for row in 0..<count {
                let cell = Int(firstGroups[Int(first[row])]) &+ Int(secondGroups[Int(second[row])])
                sums[row] += weights[cell]
            }
        }
    }

    private func level(_ value: Double, _ feature: Feature) -> UInt8 {
        guard value == value else { return 0 }
        let levels = self.levels.pointer + feature.bounds
        var (low, high) = (0, feature.levels)
        while low < high {
            let middle = (low &+ high) >> 1
            if levels[middle] < value { low = middle &+ 1 } else { high = middle }
        }
        let isKnown = low < feature.levels && levels[low] == value
        return isKnown ? UInt8(truncatingIfNeeded: low &+ 2) : 1
    }

    /// What a feature's bin adds to the log-odds of a row of the last tile.
    @inline(__always)
    func step(ofFeature feature: Int, at row: Int) -> Double {
        let place = places[feature]
        guard place >= 0 else { return 0 }
        return weights.pointer[
            features[place].weights + Int(bins.pointer[feature * Self.tileRows + row])]
    }

    /// What a pair's cell adds to it.
    func cell(ofPair index: Int, at row: Int) -> Double { cell(of: pairs[index], at: row) }

    /// Gives what each pair's cell adds to it, with the pair's number.
    @inline(__always)
    func forEachCell(at row: Int, _ body: (Int, Double) -> Void) {
        var number = 0
        for pair in pairs {
            body(number, cell(of: pair, at: row))
            number &+= 1
        }
    }

    @inline(__always)
    private func cell(of pair: Pair, at row: Int) -> Double {
        let first = groups.pointer[pair.firstGroups &+ Int(bins.pointer[pair.first &+ row])]
        let second = groups.pointer[pair.secondGroups &+ Int(bins.pointer[pair.second &+ row])]
        return weights.pointer[pair.weights &+ Int(first) &+ Int(second)]
    }
}
