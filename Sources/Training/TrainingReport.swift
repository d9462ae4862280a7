public import Scoring

/// What came of a training run, judged on rows later than all that were fitted.
public struct TrainingReport: Sendable, Equatable {
    /// Rows of one part of the table's time.
    public struct Part: Sendable, Equatable {
        public var rows: Int
        public var frauds: Int
    }

    /// What one decision would have met.
    public struct Alerts: Sendable, Equatable {
        public var action: String
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
        public var name: String
        public var weight: Double
    }

    public var fitted: Part
    public var calibrated: Part
    public var judged: Part
    public var areaUnderCurve: Double
    public var averagePrecision: Double
    /// The forest's score alone, which no label was needed for.
    public var forestAreaUnderCurve: Double
    /// Challenge, hold, decline.
    public var alerts: [Alerts]
    public var iterations: Int
    public var gradient: Double
    /// Features that never varied and have no weight.
    public var constantFeatures: [String]
    /// Columns of the table that were not looked at.
    public var ignoredColumns: [String]
    /// Terms by the size of their weight, after calibration.
    public var weights: [Weight]
    /// What the low bits depend on.
    public var fingerprint: String
    public var provenance: Provenance
}
