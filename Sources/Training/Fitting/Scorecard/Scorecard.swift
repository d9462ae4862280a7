internal import Scoring

/// The terms of a fitted scorecard, centred on the rows it was fitted to: what a feature, a pair or
/// the forest adds is against its mean there.
struct Scorecard: Sendable {
    var terms: [FeatureTerm]
    var pairs: [PairTerm]
    var forest: ForestTerm?
    var intercept: Double
}

extension FittedTerms {
    /// The terms as a model has them.
    func scorecard() -> Scorecard {
        let cellWeights = weightsByGroup()
        let dense = weights.suffix(table.dense.columns)
        var card = Scorecard(
            terms: table.standardisation.terms, pairs: [], forest: table.forest,
            intercept: dense.first ?? 0)
        let starts = table.bins.indices.map { binStarts($0) }
        for (place, feature) in table.features.enumerated() {
            card.terms[feature].weight = dense[dense.startIndex + 1 + place]
            addSteps(feature, place, starts[feature], cellWeights, to: &card)
        }
        card.forest?.weight = weights.last ?? 0
        let pairs = Set(groups.compactMap { group in group.second.map { [group.first, $0] } })
        for pair in pairs.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            addPair(pair[0], pair[1], starts, cellWeights, to: &card)
        }
        return card
    }

    /// Weight of every cell of every group, that of references 0.
    private func weightsByGroup() -> [[Double]] {
        var start = 0
        return groups.map { group in
            defer { start += group.weightCount }
            return (0..<group.count).map { cell in
                group.weight(of: cell).map { weights[start + $0] } ?? 0
            }
        }
    }

    /// First fine bin of each bin that the model needs of a feature: cuts that no term uses go.
    private func binStarts(_ feature: Int) -> [Int] {
        let fine = table.bins[feature].count
        guard case .cuts = table.bins[feature] else { return Array(0..<fine) }
        var isStart = [Bool](repeating: false, count: fine)
        (isStart[0], isStart[1]) = (true, true)
        for group in groups {
            let places: [UInt8]
            if group.first == feature {
                places = group.firstPlaces
            } else if group.second == feature {
                places = group.secondPlaces
            } else {
                continue
            }
            for bin in 2..<max(2, fine) where places[bin] != places[bin - 1] {
                isStart[bin] = true
            }
        }
        return isStart.indices.filter { isStart[$0] }
    }

    private func addSteps(
        _ feature: Int, _ place: Int, _ starts: [Int], _ cellWeights: [[Double]],
        to card: inout Scorecard
    ) {
        let bins: FeatureBins
        switch table.bins[feature] {
        case .cuts(let cuts): bins = .cuts(starts.dropFirst(2).map { cuts[$0 - 2] })
        case .levels: bins = table.bins[feature]
        }
        var weights = [Double](repeating: 0, count: starts.count)
        var mean = card.terms[feature].weight * table.denseMeans[1 + place]
        for (index, group) in groups.enumerated()
        where group.first == feature && group.second == nil {
            for (bin, start) in starts.enumerated() {
                weights[bin] += cellWeights[index][group.cell(start, 0)]
            }
            mean += self.mean(group, cellWeights[index])
        }
        card.intercept += mean
        card.terms[feature].steps = StepTerm(bins: bins, weights: weights.map { $0 - mean })
    }

    private func mean(_ group: CellGroup, _ weights: [Double]) -> Double {
        let sum = zip(group.rowCounts, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
        return sum / Double(table.count)
    }

    private func addPair(
        _ first: Int, _ second: Int, _ starts: [[Int]], _ cellWeights: [[Double]],
        to card: inout Scorecard
    ) {
        let trees = groups.indices.filter {
            groups[$0].first == first && groups[$0].second == second
        }
        let mean = trees.reduce(0) { $0 + self.mean(groups[$1], cellWeights[$1]) }
        let rows = Self.grouped(
            starts[first].map { bin in trees.map { groups[$0].firstPlaces[bin] } })
        let columns = Self.grouped(
            starts[second].map { bin in trees.map { groups[$0].secondPlaces[bin] } })
        var weights: [Double] = []
        for row in rows.members {
            for column in columns.members {
                let sum = trees.reduce(0) { sum, tree in
                    let cell = groups[tree].cell(starts[first][row], starts[second][column])
                    return sum + cellWeights[tree][cell]
                }
                weights.append(sum - mean)
            }
        }
        card.intercept += mean
        card.pairs.append(
            PairTerm(
                first: first, second: second, firstGroups: rows.groups,
                secondGroups: columns.groups, weights: weights))
    }

    /// Bins that all trees treat alike share a group; with the groups, one bin of each.
    private static func grouped(_ places: [[UInt8]]) -> (groups: [UInt8], members: [Int]) {
        var known: [[UInt8]: UInt8] = [:]
        var members: [Int] = []
        let groups = places.enumerated().map { bin, places in
            if let group = known[places] { return group }
            let group = UInt8(members.count)
            known[places] = group
            members.append(bin)
            return group
        }
        return (groups, members)
    }
}
