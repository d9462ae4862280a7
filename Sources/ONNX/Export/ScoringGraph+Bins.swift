internal import Scoring

/// Steps and pairs: every value's bin is counted out once, then weights are looked up.
///
/// A bin is 1 + the number of cuts that are not above the value, or 1 + the place of the category's level, and 0 for a
/// missing value. Cuts and levels of all features stand in one table each, filled up where a feature has fewer.
extension ScoringGraph {
    /// A feature that has steps, and which kind of bins.
    private struct Stepped {
        let feature: Int
        let steps: StepTerm
    }

    /// Adds bins, steps and pairs, and returns the sums of weights, a column each.
    mutating func addBins() -> [Name] {
        var (cuts, levels): ([Stepped], [Stepped]) = ([], [])
        for (feature, term) in model.terms.enumerated() {
            guard let steps = term.steps else { continue }
            switch steps.bins {
            case .cuts: cuts.append(Stepped(feature: feature, steps: steps))
            case .levels: levels.append(Stepped(feature: feature, steps: steps))
            }
        }
        let stepped = cuts + levels
        let positions = self.positions(cuts: cuts, levels: levels)
        let features = builder.constant("stepped", stepped.map(\.feature), [stepped.count])
        let one = builder.constant("first_bin", [1])
        let toInteger = WireAttribute.int("to", Int(ElementType.int64.rawValue))
        builder.add("Gather", [missing, features], as: "missing_stepped", [.int("axis", 1)])
        builder.add("Not", ["missing_stepped"], as: "is_present")
        builder.add("Cast", ["is_present"], as: "present_once", [toInteger])
        builder.add("Add", [positions, one], as: "bins_if_present")
        builder.add("Mul", ["bins_if_present", "present_once"], as: "bins")
        var places: [Int: Int] = [:]
        for (place, one) in stepped.enumerated() { places[one.feature] = place }
        let steps = addSteps(stepped)
        return model.pairs.isEmpty ? [steps] : [steps, addPairs(places)]
    }

    /// How far each value's bin is above the first: the cuts' features before those of levels.
    private mutating func positions(cuts: [Stepped], levels: [Stepped]) -> Name {
        var kinds: [Name] = []
        if !cuts.isEmpty {
            let table = cuts.map { one -> [Double] in
                guard case .cuts(let cuts) = one.steps.bins else { return [] }
                return cuts.map { Double($0) }
            }
            let counts = builder.constant("cut_counts", table.map(\.count), [table.count])
            let reached = compared("GreaterOrEqual", "cut", cuts, table, filling: .infinity)
            builder.add(
                "ReduceSum", [reached, axis("cut_axis", 2)], as: "cuts_reached",
                [.int("keepdims", 0)])
            // An infinite value reaches what fills up, too.
            kinds.append(builder.add("Min", ["cuts_reached", counts], as: "cut_positions"))
        }
        if !levels.isEmpty {
            let table = levels.map { one -> [Double] in
                guard case .levels(let levels) = one.steps.bins else { return [] }
                return levels
            }
            let isLevel = compared("Equal", "level", levels, table, filling: .nan)
            let width = table.map(\.count).max() ?? 0
            let numbers = builder.constant(
                "level_numbers", Array(1...max(width, 1)), [max(width, 1)])
            builder.add("Mul", [isLevel, numbers], as: "numbered_levels")
            kinds.append(
                builder.add(
                    "ReduceSum", ["numbered_levels", axis("level_axis", 2)], as: "level_positions",
                    [.int("keepdims", 0)]))
        }
        guard kinds.count > 1 else { return kinds[0] }
        return builder.add("Concat", kinds, as: "positions", [.int("axis", 1)])
    }

    /// Values against each of their feature's bounds: 1 where it holds, rows × features × bounds.
    private mutating func compared(
        _ operation: String, _ kind: String, _ stepped: [Stepped], _ table: [[Double]],
        filling: Double
    ) -> Name {
        let width = max(table.map(\.count).max() ?? 0, 1)
        let filled = table.flatMap {
            $0 + [Double](repeating: filling, count: width - $0.count)
        }
        let bounds = builder.constant(Name("\(kind)s"), filled, [table.count, width])
        let features = builder.constant(
            Name("\(kind)_features"), stepped.map(\.feature), [stepped.count])
        let last = axis(Name("\(kind)_last_axis"), 2)
        let gathered = builder.add(
            "Gather", [values, features], as: Name("\(kind)_values"), [.int("axis", 1)])
        let raised = builder.add("Unsqueeze", [gathered, last], as: Name("\(kind)_each"))
        let holds = builder.add(operation, [raised, bounds], as: Name("\(kind)_holds"))
        return builder.add(
            "Cast", [holds], as: Name("\(kind)_once"),
            [.int("to", Int(ElementType.int64.rawValue))])
    }

    private mutating func axis(_ name: Name, _ axis: Int) -> Name {
        builder.constant(name, [axis], [1])
    }

    private mutating func addSteps(_ stepped: [Stepped]) -> Name {
        var starts: [Int] = []
        var weights: [Double] = []
        for one in stepped {
            starts.append(weights.count)
            weights += one.steps.weights
        }
        let begin = builder.constant("step_starts", starts, [starts.count])
        let table = builder.constant("step_weights", weights, [weights.count])
        let axis = axis("step_axis", 1)
        builder.add("Add", ["bins", begin], as: "step_places")
        builder.add("Gather", [table, "step_places"], as: "step_parts", [.int("axis", 0)])
        return builder.add("ReduceSum", ["step_parts", axis], as: "steps", [.int("keepdims", 1)])
    }

    /// Each bin's group, then the weight of the cell that both groups meet in.
    private mutating func addPairs(_ places: [Int: Int]) -> Name {
        var (groups, weights): ([Int], [Double]) = ([], [])
        var sides: (first: [(place: Int, start: Int)], second: [(place: Int, start: Int)]) =
            ([], [])
        var cells: [Int] = []
        for pair in model.pairs {
            sides.first.append((places[pair.first] ?? 0, groups.count))
            groups += pair.firstGroups.map { Int($0) * pair.secondGroupCount }
            sides.second.append((places[pair.second] ?? 0, groups.count))
            groups += pair.secondGroups.map { Int($0) }
            cells.append(weights.count)
            weights += pair.weights
        }
        let table = builder.constant("pair_groups", groups, [groups.count])
        let first = group("first", sides.first, table)
        let second = group("second", sides.second, table)
        let begin = builder.constant("cell_starts", cells, [cells.count])
        let all = builder.constant("cell_weights", weights, [weights.count])
        let axis = axis("pair_axis", 1)
        builder.add("Add", [first, second], as: "cells")
        builder.add("Add", ["cells", begin], as: "cell_places")
        builder.add("Gather", [all, "cell_places"], as: "pair_parts", [.int("axis", 0)])
        return builder.add("ReduceSum", ["pair_parts", axis], as: "pairs", [.int("keepdims", 1)])
    }

    private mutating func group(
        _ side: String, _ sides: [(place: Int, start: Int)], _ table: Name
    ) -> Name {
        let columns = builder.constant(
            Name("\(side)_columns"), sides.map(\.place), [sides.count])
        let starts = builder.constant(Name("\(side)_starts"), sides.map(\.start), [sides.count])
        let bins = builder.add(
            "Gather", ["bins", columns], as: Name("\(side)_bins"), [.int("axis", 1)])
        let places = builder.add("Add", [bins, starts], as: Name("\(side)_places"))
        return builder.add(
            "Gather", [table, places], as: Name("\(side)_groups"), [.int("axis", 0)])
    }
}
