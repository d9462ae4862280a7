internal import EventLog
public import Features
internal import Ledger
public import PostgreSQL
public import Scoring
public import Vault

/// Recomputes a ledger from its postings alone and compares everything that can be compared: see ``Invariant``.
///
/// Looks at the log up to one event, the head when it starts. Reads only, in short transactions, on one connection;
/// payments go on meanwhile. Time: about that of a replay from the first event. Memory: see `Derivation`.
public struct Verifier: Sendable {
    /// What is verified, and with what allowances.
    public struct Configuration: Sendable {
        /// libpq connection string.
        public var database: String
        /// The master keys that wrap those under which risk contexts are sealed.
        public var contextKeys: Keyring
        /// Version of this executable's scoring code, as in `EngineDetail`.
        public var build: String
        /// The numerics of this process, `NumericFingerprint.current`.
        public var fingerprint: String
        /// That of the engines whose decisions are to be reproduced.
        public var capacity: FeatureCapacity
        /// How long after its expiry a transfer may still wait for the sweep, in seconds; nil where no wallet runs
        /// and so nothing sweeps.
        public var expiryGraceSeconds: Int64?
        /// Most breaches that are told of one invariant.
        public var breachLimit: Int

        /// A configuration with what is usual for all that is not given.
        public init(
            database: String, contextKeys: Keyring, build: String, fingerprint: String,
            capacity: FeatureCapacity = .standard, expiryGraceSeconds: Int64? = 5,
            breachLimit: Int = 5
        ) {
            self.database = database
            self.contextKeys = contextKeys
            self.build = build
            self.fingerprint = fingerprint
            self.capacity = capacity
            self.expiryGraceSeconds = expiryGraceSeconds
            self.breachLimit = breachLimit
        }
    }

    private let configuration: Configuration
    private let modelFor: @Sendable (_ hash: [UInt8]) -> RiskModel?
    private let progress: @Sendable (VerificationProgress) -> Void

    /// - Parameter modelFor: the model with a SHA-256; nil if it is not at hand, then the decisions made with it are
    ///   counted apart.
    public init(
        _ configuration: Configuration,
        modelFor: @escaping @Sendable (_ hash: [UInt8]) -> RiskModel?,
        progress: @escaping @Sendable (VerificationProgress) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.modelFor = modelFor
        self.progress = progress
    }

    /// Looks at everything. Blocks until done.
    public func run() throws(PostgreSQLError) -> VerificationReport {
        var connection = try Connection(configuration.database)
        let (head, now) = try LedgerAudit.snapshot(&connection) {
            connection throws(PostgreSQLError) in
            try (LogReader.head(&connection), LedgerAudit.now(&connection))
        }
        var derivation = Derivation(findings: Findings(limit: configuration.breachLimit))
        var decisions = DecisionReproduction(
            capacity: configuration.capacity, build: configuration.build,
            fingerprint: configuration.fingerprint,
            rebases: try LedgerAudit.rebases(upTo: head.sequence, &connection), modelFor: modelFor)
        let isWhole = try walk(head, &derivation, &decisions, &connection)
        for (reason, count) in decisions.apart.sorted(by: { $0.key < $1.key }) {
            derivation.findings.remark(.reproduction, "\(count) apart: \(reason)")
        }
        // Nothing was recomputed: that must not read as if everything came out the same.
        if decisions.reproduced == 0, !decisions.apart.isEmpty {
            derivation.findings.leaveOut(.reproduction)
        }
        var findings = derivation.findings
        if isWhole {
            derivation.checkSums()
            checkHead(head, &derivation)
            checkExpiry(now, &derivation)
            var tables = TableComparison(derivation, cut: head.sequence) { subject, done, total in
                progress(VerificationProgress(subject: subject, done: done, total: total))
            }
            try tables.run(&connection)
            findings = tables.findings
        } else {
            for invariant in Invariant.allCases { findings.leaveUnchecked(invariant) }
        }
        return VerificationReport(
            logID: head.logID, cut: head.sequence, lines: findings.lines,
            reproducedDecisions: decisions.reproduced, decisionsApart: decisions.apart)
    }

    /// Goes through the log; false if it cannot be read to the cut.
    private func walk(
        _ head: LogReader.Head, _ derivation: inout Derivation,
        _ decisions: inout DecisionReproduction, _ connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        var log = LogWalk(upTo: head, contextKeys: configuration.contextKeys)
        while true {
            guard let batches = try log.next(&connection, &derivation.findings) else {
                return false
            }
            if batches.isEmpty { return true }
            decisions.know(erased: log.takeErased())
            for (events, contexts) in batches {
                for index in 0..<events.count { derivation.apply(events, at: index) }
                decisions.consume(
                    events, contexts, engines: derivation.engines, &derivation.findings)
            }
            progress(
                VerificationProgress(
                    subject: "events", done: log.last.rawValue, total: head.sequence.rawValue))
        }
    }

    private func checkHead(_ head: LogReader.Head, _ derivation: inout Derivation) {
        derivation.findings.expect(
            head.epoch == derivation.epoch && head.undecided == derivation.undecided, .log,
            "the head says epoch \(head.epoch) and \(head.undecided) undecided, the log "
                + "\(derivation.epoch) and \(derivation.undecided)")
    }

    private func checkExpiry(_ now: Timestamp, _ derivation: inout Derivation) {
        guard let grace = configuration.expiryGraceSeconds else {
            derivation.findings.leaveOut(.expiry)
            return derivation.findings.remark(
                .expiry, "not judged by the clock: no wallet runs that could have swept")
        }
        for transfer in derivation.transfers.values where !transfer.state.isFinal {
            derivation.findings.checked(.expiry)
            derivation.findings.expect(
                transfer.expiresAt.adding(seconds: grace) > now, .expiry,
                "\(transfer.id) is \(transfer.state) and should have ended at "
                    + "\(transfer.expiresAt.rawValue)")
        }
    }
}
