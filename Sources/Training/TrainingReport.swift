public import EventLog
public import Scoring
public import Tables

/// What came of a training run, judged on rows later than all that were fitted.
public struct TrainingReport: Sendable, Equatable {
    /// Rows of one part of the table's time.
    public struct Part: Sendable, Equatable {
        /// Number of rows.
        public var rows: Int
        /// How many of them are fraud.
        public var frauds: Int
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

    /// One term's weight, in log-odds per standard deviation.
    public struct Weight: Sendable, Equatable {
        /// The feature's name.
        public var name: String
        /// Log-odds per standard deviation.
        public var weight: Double
    }

    /// Rows that the weights were fitted to: the earliest.
    public var fitted: Part
    /// Rows that the calibration was fitted to: those after.
    public var calibrated: Part
    /// Rows that judge the model and give its thresholds: the latest.
    public var judged: Part
    /// Area under the receiver operating characteristic on the judged rows, 0 … 1.
    public var areaUnderCurve: Double
    /// Average precision on the judged rows, 0 … 1.
    public var averagePrecision: Double
    /// The forest's score alone, which no label was needed for.
    public var forestAreaUnderCurve: Double
    /// Challenge, hold, decline.
    public var alerts: [Alerts]
    /// Newton steps that were taken.
    public var iterations: Int
    /// Largest component of the gradient of the mean loss at the end.
    public var gradient: Double
    /// Features that never varied and have no weight.
    public var constantFeatures: [String]
    /// Columns of the table that were not looked at.
    public var ignoredColumns: [String]
    /// Terms by the size of their weight, after calibration.
    public var weights: [Weight]
    /// What the low bits depend on.
    public var fingerprint: String
    /// What goes into the model's file of all this.
    public var provenance: Provenance
    /// Rows of the table that were left out because they could not be read.
    public var skippedRows = SkippedRows()
    /// When the last of the labels that were used became known: the model may not judge anything earlier. Nil if the
    /// table tells no times.
    public var labelsKnownUntil: Timestamp?
}
