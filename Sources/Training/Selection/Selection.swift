internal import Glibc
internal import LinearAlgebra
internal import Scoring

/// Chooses, on rows held out forward in time, how strongly weights are held back and how many bins a
/// feature has, with one scorecard a fold; then how many rounds of terms a bag of them is grown for.
struct Selection {
    /// What was chosen, and what it does on rows that it was not fitted to.
    struct Choice {
        var settings: ScorecardSettings
        var rounds: Int
        /// Margins of all held-out rows, fold after fold, and the rows.
        var margins: [Double]
        var heldOut: [Int]
        /// By fold.
        var averagePrecisions: [Double]
        var trials: [TrainingReport.Trial]
    }

    /// Penalties that are tried, in rows.
    private static let strengths = [0.5, 2, 8, 32]
    private static let bins = [8, 16]
    /// Penalties of pairs against those of steps: looked for from a quarter on, further down or else up as long as that
    /// is better.
    private static let pairFactors = [1 / 64.0, 1 / 16.0, 1 / 4.0, 1, 4, 16]
    private static let middleFactor = 2
    /// Rounds, at most, by which penalties are compared, and rounds without a better one after which no more are tried.
    private static let comparedRounds = 12
    private static let patience = 3
    /// Rounds of a bag from one judgement to the next, and judgements without a better one after which it is grown no
    /// further.
    private static let bagRounds = 4
    private static let bagPatience = 2
    /// Fitted rows of a fold, at most: beyond, honest ones are left out evenly, which only shifts
    /// the intercept.
    private static let rowLimit = 50_000

    let options: TrainingOptions
    let rows: FeatureRows
    let folds: [ForwardFold]
    let preparation: FitPreparation

    /// A fold that is ready to be fitted.
    private struct Prepared {
        let table: FitTable
        /// Added to margins for the honest rows that were left out.
        let shift: Double
        let heldOut: [Int]
        let inputs: HeldOutInputs
    }

    private final class HeldOutInputs: Sendable {
        let matrix: Matrix

        init(_ rows: FeatureRows, _ heldOut: [Int]) {
            let matrix = Matrix(rows: heldOut.count, columns: rows.width)
            for (place, row) in heldOut.enumerated() {
                let to = matrix.row(place)
                for column in 0..<rows.width { to[column] = rows[row, column] }
            }
            self.matrix = matrix
        }
    }

    func run(progress: (TrainingProgress) -> Void) throws(TrainingError) -> Choice {
        var prepared: [Prepared] = []
        for (index, fold) in folds.enumerated() {
            progress(
                TrainingProgress(
                    stage: "folds", fraction: Double(index) / Double(folds.count), done: index))
            prepared.append(try prepare(fold))
        }
        var trials: [TrainingReport.Trial] = []
        let starts = try chooseSteps(prepared, &trials, progress)
        let settings = try choosePairs(prepared, starts, &trials, progress)
        return try chooseRounds(prepared, settings, trials, progress)
    }

    private func prepare(_ fold: ForwardFold) throws(TrainingError) -> Prepared {
        let frauds = rows.frauds(in: fold.fitted)
        let every = max(1, (fold.fitted.count - frauds) / max(1, Self.rowLimit - frauds))
        var kept: [Int] = []
        var honest = 0
        for row in fold.fitted {
            if rows.isFraud[row] {
                kept.append(row)
            } else {
                if honest % every == 0 { kept.append(row) }
                honest += 1
            }
        }
        return Prepared(
            table: try preparation.table(rows, kept), shift: -log(Double(every)),
            heldOut: fold.heldOut, inputs: HeldOutInputs(rows, fold.heldOut))
    }

    /// Where rounds of terms begin.
    private struct Start {
        let trial: TrainingReport.Trial
        let settings: ScorecardSettings
        let growths: [ScorecardGrowth]
    }

    /// Bins and penalty of a scorecard without pairs: the best by average precision, and, if that
    /// is another, the best by loss, for weak penalties serve steps better than pairs.
    private func chooseSteps(
        _ prepared: [Prepared], _ trials: inout [TrainingReport.Trial],
        _ progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> [Start] {
        var best: Start?
        var surest: Start?
        let count = Self.bins.count * (options.penalty == nil ? Self.strengths.count : 1)
        for bins in Self.bins {
            let candidates = options.penalty.map { [$0 * Double(rows.count)] } ?? Self.strengths
            for strength in candidates {
                progress(
                    TrainingProgress(
                        stage: "choosing bins",
                        fraction: Double(trials.count) / Double(count), done: trials.count))
                var settings = ScorecardSettings()
                settings.bins = bins
                settings.categories = options.categories
                settings.penalty = ScorecardPenalty() * strength
                var growths: [ScorecardGrowth] = []
                for fold in prepared {
                    let member = BagMember(0, of: 1, fold.table.isFraud, seed: options.seed)
                    growths.append(try ScorecardGrowth(fold.table, settings, member))
                }
                let trial = try judge(prepared, growths, settings, rounds: 0)
                trials.append(trial)
                let start = Start(trial: trial, settings: settings, growths: growths)
                if trial.averagePrecision > best?.trial.averagePrecision ?? -1 { best = start }
                if trial.loss < surest?.trial.loss ?? .infinity { surest = start }
            }
        }
        guard let best, let surest else { throw .noRows("the fitted range") }
        return best.settings == surest.settings ? [best] : [best, surest]
    }

    /// How strongly pairs are held back.
    private func choosePairs(
        _ prepared: [Prepared], _ starts: [Start], _ trials: inout [TrainingReport.Trial],
        _ progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> ScorecardSettings {
        var chosen = starts[0].settings
        let rounds = min(options.maximumRounds, Self.comparedRounds)
        guard rounds > 0 else { return chosen }
        var (precision, done) = (-1.0, 0)
        // Three factors a start: one in the middle, a better one, and one that is not.
        let steps = Double(3 * starts.count * rounds)
        for start in starts {
            func follow(_ factor: Double) throws(TrainingError) -> Double {
                var settings = start.settings
                settings.penalty.pair = settings.penalty.step * factor
                settings.penalty.pairDifference = 4 * settings.penalty.pair
                let reached = try path(prepared, start.growths, settings, rounds, &trials) {
                    done += 1
                    progress(
                        TrainingProgress(
                            stage: "choosing pairs", fraction: min(1, Double(done) / steps),
                            done: done))
                }
                if reached > precision { (chosen, precision) = (settings, reached) }
                return reached
            }
            var best = try follow(Self.pairFactors[Self.middleFactor])
            let middle = best
            for direction in [-1, 1] where best == middle {
                var place = Self.middleFactor + direction
                while Self.pairFactors.indices.contains(place) {
                    let precision = try follow(Self.pairFactors[place])
                    guard precision > best else { break }
                    best = precision
                    place += direction
                }
            }
        }
        return chosen
    }

    /// Adds terms round by round until that has not helped for some rounds. Returns the best average precision on the
    /// way.
    private func path(
        _ prepared: [Prepared], _ start: [ScorecardGrowth], _ settings: ScorecardSettings,
        _ rounds: Int, _ trials: inout [TrainingReport.Trial], _ progress: () -> Void
    ) throws(TrainingError) -> Double {
        var growths = start
        for index in growths.indices { growths[index].settings = settings }
        var best = (precision: -1.0, round: 0)
        for round in 1...rounds where round - best.round <= Self.patience {
            for index in growths.indices { _ = try growths[index].grow() }
            let trial = try judge(prepared, growths, settings, rounds: round)
            trials.append(trial)
            if trial.averagePrecision > best.precision { best = (trial.averagePrecision, round) }
            progress()
        }
        return best.precision
    }

    /// How many rounds a bag is grown for. Of equally good numbers the larger one: on the whole range there may be more
    /// to find than on a fold's rows.
    private func chooseRounds(
        _ prepared: [Prepared], _ settings: ScorecardSettings, _ tried: [TrainingReport.Trial],
        _ progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> Choice {
        var bags: [ScorecardBag] = []
        for fold in prepared {
            bags.append(
                try ScorecardBag(
                    fold.table, settings, members: options.members, seed: options.seed))
        }
        var choice = Choice(
            settings: settings, rounds: 0, margins: [], heldOut: prepared.flatMap(\.heldOut),
            averagePrecisions: [], trials: tried)
        var (best, lastBetter) = (-1.0, 0)
        for round in 0...max(0, options.maximumRounds) {
            if round > 0 { for index in bags.indices { try bags[index].grow() } }
            progress(
                TrainingProgress(
                    stage: "choosing rounds",
                    fraction: Double(round) / Double(max(1, options.maximumRounds)), done: round))
            guard round % Self.bagRounds == 0 || round == options.maximumRounds else { continue }
            let terms = bags.map(\.terms)
            let margins = try margins(prepared, terms)
            let trial = judge(
                prepared, margins, settings, rounds: round, pairs: terms.map(\.pairCount),
                members: options.members)
            choice.trials.append(trial)
            if trial.averagePrecision > best {
                (best, lastBetter) = (trial.averagePrecision, round)
            }
            if trial.averagePrecision == best {
                choice.rounds = round
                choice.margins = margins
                choice.averagePrecisions = trial.byFold
            }
            guard round - lastBetter < Self.bagPatience * Self.bagRounds else { break }
        }
        return choice
    }

    private func judge(
        _ prepared: [Prepared], _ growths: [ScorecardGrowth], _ settings: ScorecardSettings,
        rounds: Int
    ) throws(TrainingError) -> TrainingReport.Trial {
        let terms = growths.map(\.terms)
        return judge(
            prepared, try margins(prepared, terms), settings, rounds: rounds,
            pairs: terms.map(\.pairCount))
    }

    private func judge(
        _ prepared: [Prepared], _ margins: [Double], _ settings: ScorecardSettings, rounds: Int,
        pairs: [Int], members: Int = 1
    ) -> TrainingReport.Trial {
        var precisions: [Double] = []
        var loss = 0.0
        var start = 0
        for fold in prepared {
            let part = Array(margins[start..<start + fold.heldOut.count])
            let isFraud = fold.heldOut.map { rows.isFraud[$0] }
            precisions.append(RankMetrics.averagePrecision(scores: part, isFraud: isFraud))
            for (margin, isFraud) in zip(part, isFraud) {
                let own = isFraud ? margin : -margin
                loss += max(-own, 0) + log1p(exp(-own.magnitude))
            }
            start += fold.heldOut.count
        }
        return TrainingReport.Trial(
            bins: settings.bins,
            penalty: settings.penalty.linear / Double(max(1, folds.last?.fitted.count ?? 1)),
            pairPenalty: settings.penalty.pair / Double(max(1, folds.last?.fitted.count ?? 1)),
            members: members, rounds: rounds, pairs: pairs.max() ?? 0,
            averagePrecision: precisions.reduce(0, +) / Double(precisions.count),
            loss: loss / Double(start), byFold: precisions)
    }

    private func margins(
        _ prepared: [Prepared], _ terms: [FittedTerms]
    ) throws(TrainingError) -> [Double] {
        var margins: [Double] = []
        for (fold, terms) in zip(prepared, terms) {
            let model = try terms.scorecard().model()
            var scorer = Scorer(model)
            var part = [Double](repeating: 0, count: fold.heldOut.count)
            scorer.logOdds(
                rows: fold.inputs.matrix.pointer, count: fold.heldOut.count, into: &part)
            margins += part.map { $0 + fold.shift }
        }
        return margins
    }
}

extension Scorecard {
    /// A model of these terms; uncalibrated and without thresholds unless they are given.
    func model(
        catalogueHash: [UInt8] = [], calibration: Calibration = .identity,
        thresholds: Thresholds? = nil, provenance: Provenance = Provenance()
    ) throws(TrainingError) -> RiskModel {
        guard let thresholds = thresholds ?? Thresholds(challenge: 0.5, hold: 0.5, decline: 0.5)
        else { throw .model("no thresholds") }
        do {
            return try RiskModel(
                catalogueHash: catalogueHash, terms: terms, pairs: pairs, forest: forest,
                intercept: intercept, calibration: calibration, thresholds: thresholds,
                provenance: provenance)
        } catch { throw .model(error.description) }
    }
}
