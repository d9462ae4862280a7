public import EventLog
internal import LinearAlgebra
public import Scoring
public import Tables

/// What came of a training run, judged on rows that were not fitted.
public struct TrainingReport: Sendable, Equatable {
    /// Rows of one kind.
    public struct Part: Sendable, Equatable {
        /// Number of rows.
        public var rows: Int
        /// How many of them are fraud.
        public var frauds: Int
    }

    /// Rows that were fitted, and later ones that judged the fit.
    public struct Fold: Sendable, Equatable {
        /// Rows that were fitted.
        public var fitted: Part
        /// Rows that judged.
        public var heldOut: Part
        /// First and last moment of the fitted rows, microseconds since 1970.
        public var fittedTimes: ClosedRange<Int64>
        /// First and last moment of the held-out rows, microseconds since 1970.
        public var heldOutTimes: ClosedRange<Int64>
        /// Seconds between the two parts.
        public var gapSeconds: Double
        /// Average precision on the held-out rows, 0 … 1.
        public var averagePrecision: Double
    }

    /// One choice that was tried on all folds.
    public struct Trial: Sendable, Equatable {
        /// Bins of a feature, at most.
        public var bins: Int
        /// L2 penalty of the mean loss, of linear terms and steps.
        public var penalty: Double
        /// L2 penalty of the mean loss, of pairs.
        public var pairPenalty: Double
        /// Scorecards whose mean was judged.
        public var members = 1
        /// Rounds of terms.
        public var rounds: Int
        /// Pairs that these came to.
        public var pairs: Int
        /// Mean over the folds of the average precision on held-out rows.
        public var averagePrecision: Double
        /// Mean loss of held-out rows before calibration, in nats.
        public var loss: Double
        /// The average precisions that the mean is of.
        public var byFold: [Double]
    }

    /// What one decision would have met.
    public struct Alerts: Sendable, Equatable {
        /// The decision, such as `hold`.
        public var action: String
        /// The score from which it is made.
        public var threshold: Double
        /// Of all judged rows.
        public var share: Double
        /// Of these rows, how many are fraud.
        public var precision: Double
        /// Of all frauds, how many are here.
        public var recall: Double
    }

    /// Some of the held-out rows.
    public struct Segment: Sendable, Equatable {
        /// What they have in common.
        public var name: String
        /// Number of rows.
        public var rows: Int
        /// How many of them are fraud.
        public var frauds: Int
        /// Average precision among them, 0 … 1.
        public var averagePrecision: Double
        /// Area under the receiver operating characteristic among them, 0 … 1.
        public var areaUnderCurve: Double
    }

    /// How much one term has to say.
    public struct Weight: Sendable, Equatable {
        /// Name of the feature, the pair or the forest.
        public var name: String
        /// Mean size of its part in the log-odds of held-out rows.
        public var weight: Double
    }

    /// What was fitted.
    public var kind: ModelKind
    /// What goes into the model's file of all this.
    public var provenance: Provenance
    /// Rows that the model was fitted to.
    public var fitted: Part
    /// Rows that judged, of all folds together; they also gave calibration and thresholds.
    public var heldOut = Part(rows: 0, frauds: 0)
    /// How these were parted.
    public var folds: [Fold] = []
    /// What was tried on them.
    public var trials: [Trial] = []
    /// Scorecards whose mean the model is; 0 for a forest alone.
    public var members = 0
    /// Rounds of terms in each of them.
    public var rounds = 0
    /// Area under the receiver operating characteristic on the held-out rows, 0 … 1; NaN without
    /// labels.
    public var areaUnderCurve = Double.nan
    /// Average precision on the held-out rows of all folds together, 0 … 1; NaN without labels.
    public var averagePrecision = Double.nan
    /// The forest's score alone, which no label was needed for; NaN without a forest.
    public var forestAreaUnderCurve = Double.nan
    /// Challenge, hold, decline.
    public var alerts: [Alerts] = []
    /// Newton steps of the last fit.
    public var iterations = 0
    /// Largest component of the gradient of the mean loss at the end.
    public var gradient = 0.0
    /// Features that never varied and have no weight.
    public var constantFeatures: [String] = []
    /// Features that tell frauds from honest rows by themselves, at least on one side of some
    /// value: only the penalty keeps their weights finite.
    public var separatingColumns: [String] = []
    /// Whether the model puts every fitted row on its own side: only the penalty keeps its weights
    /// finite.
    public var isSeparated = false
    /// Columns of the table that were not looked at.
    public var ignoredColumns: [String] = []
    /// Terms by how much they have to say.
    public var weights: [Weight] = []
    /// What the low bits depend on.
    public var fingerprint = NumericFingerprint.current
    /// Rows of the table that were left out because they could not be read.
    public var skippedRows = SkippedRows()
    /// When the last of the labels that were used became known: the model may not judge anything earlier. Nil if the
    /// table tells no times.
    public var labelsKnownUntil: Timestamp?
    /// How inputs and scores were spread over the fitted rows.
    public var drift: DriftReference?
    /// Scores of the held-out rows: what plots are drawn from.
    public var held = HeldOutScores()

    init(kind: ModelKind, provenance: Provenance, fitted: Part) {
        self.kind = kind
        self.provenance = provenance
        self.fitted = fitted
    }

    /// Takes the figures of held-out rows.
    mutating func judge(_ held: HeldOutScores, _ thresholds: Thresholds) {
        self.held = held
        let frauds = held.isFraud.reduce(0) { $0 + ($1 ? 1 : 0) }
        heldOut = Part(rows: held.scores.count, frauds: frauds)
        areaUnderCurve = RankMetrics.areaUnderCurve(scores: held.scores, isFraud: held.isFraud)
        averagePrecision = RankMetrics.averagePrecision(
            scores: held.scores, isFraud: held.isFraud)
        let bands = [
            ("challenge", thresholds.challenge, thresholds.hold),
            ("hold", thresholds.hold, thresholds.decline),
            ("decline", thresholds.decline, Double.infinity),
        ]
        alerts = bands.map { action, low, high in
            var (count, found) = (0.0, 0.0)
            for (score, fraud) in zip(held.scores, held.isFraud) where score >= low && score < high
            {
                count += 1
                if fraud { found += 1 }
            }
            return Alerts(
                action: action, threshold: low, share: count / Double(held.scores.count),
                precision: count > 0 ? found / count : 0, recall: found / Double(frauds))
        }
    }
}

extension TrainingReport.Fold {
    init(_ rows: FeatureRows, _ fold: ForwardFold, averagePrecision: Double) {
        func part(_ indices: [Int]) -> TrainingReport.Part {
            TrainingReport.Part(rows: indices.count, frauds: rows.frauds(in: indices))
        }
        func times(_ indices: [Int]) -> ClosedRange<Int64> {
            rows.times[indices.first ?? 0]...rows.times[indices.last ?? 0]
        }
        self.init(
            fitted: part(fold.fitted), heldOut: part(fold.heldOut),
            fittedTimes: times(fold.fitted), heldOutTimes: times(fold.heldOut),
            gapSeconds: fold.gapSeconds, averagePrecision: averagePrecision)
    }
}
