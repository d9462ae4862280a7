import EventLog
import Foundation
import Ledger
import PostgreSQL
import Scoring
import Synchronization
import TestCluster
import Testing
import Verification

@Suite struct VerifierTests {
    @Test func `a sound ledger is sound, and every decision of both models is reproduced`()
        async throws
    {
        let report = try await VerifiedCopy.make().report()
        #expect(report.isSound, "\(report.lines)")
        #expect(report.lines.count == Invariant.allCases.count)
        #expect(report.lines.allSatisfy { $0.checked > 0 }, "\(report.lines)")
        #expect(report.reproducedDecisions > 250)
        // What depended on somebody who was erased cannot be computed again, and is said to be so.
        #expect(report.decisionsApart.count == 1, "\(report.decisionsApart)")
        let (reason, count) = try #require(report.decisionsApart.first)
        #expect(reason.contains("erased") && count > 0 && count < 80)
    }

    @Test func `once the state was made anew every decision is reproduced without what is gone`()
        async throws
    {
        let copy = try await VerifiedCopy.make()
        var connection = try Connection(copy.tampering.database)
        let rebased = try #require(
            try LedgerAudit.rebases(upTo: Sequence(.max), &connection).last)
        var later: Int64 = 0
        let event = try copy.tampering.rewriteFirst { parts in
            guard let decision = parts.decision, decision.action != .notEvaluated,
                decision.sequence > rebased
            else { return false }
            later += 1
            parts.decision?.featureDigest ^= 1
            return true
        }
        #expect(event != nil && later == 1)
        let report = try await copy.report()
        #expect(report.breached == [.reproduction], "\(report.lines)")
    }

    @Test func `rules, a model and lists that are not those of the log's time are found`()
        async throws
    {
        typealias Edit = @Sendable (inout Tampering.Parts) -> Bool
        let edits: [Edit] = [
            { parts in
                guard parts.policy != nil else { return false }
                parts.policy?.rules = #"score > 0 -> hold "other""#
                return true
            },
            { parts in
                guard let policy = parts.policy else { return false }
                parts.policy?.modelHash = policy.challengerHash
                return true
            },
            { parts in
                guard parts.listEntry?.list == .deny else { return false }
                parts.listEntry?.key = 4
                return true
            },
        ]
        for edit in edits {
            let copy = try await VerifiedCopy.make()
            #expect(try copy.tampering.rewriteFirst(edit) != nil)
            let report = try await copy.report()
            let line = report.lines.first { $0.invariant == .reproduction }
            #expect(line != nil && line?.outcome != .holds)
        }
    }

    @Test func `the ledger that is verified has seen every state, action and kind of event`()
        async throws
    {
        let copy = try await VerifiedCopy.make()
        var actions: Set<DecisionAction> = []
        var kinds: Set<EventKind> = []
        var causes: Set<EventCause> = []
        try copy.tampering.rewrite { parts in
            if let decision = parts.decision { actions.insert(decision.action) }
            kinds.insert(parts.event.kind)
            causes.insert(parts.event.cause)
        }
        #expect(actions == Set(DecisionAction.allCases))
        #expect(kinds == Set(EventKind.allCases))
        let absent: Set<EventCause> = [.engineOverloaded, .decisionLate, .expiry]
        #expect(Set(EventCause.allCases).subtracting(causes).isSubset(of: absent))
    }

    @Test func `decisions of other builds, numerics and models are counted apart`() async throws {
        let copy = try await VerifiedCopy.make()
        let database = copy.tampering.database
        let sound = try await copy.report()
        let all = sound.reproducedDecisions + sound.decisionsApart.values.reduce(0, +)
        for verifier in [
            VerifiedLedger.verifier(database, models: copy.models, build: "another"),
            VerifiedLedger.verifier(database, models: copy.models, fingerprint: "another"),
            VerifiedLedger.verifier(database, models: []),
        ] {
            let report = try verifier.run()
            #expect(report.isSound)
            #expect(report.reproducedDecisions == 0)
            #expect(report.decisionsApart.values.reduce(0, +) == all)
            let line = try #require(report.lines.first { $0.invariant == .reproduction })
            #expect(line.outcome == .leftOut && line.checked == 0 && !line.remarks.isEmpty)
            #expect(line.description.hasPrefix("not checked"), "\(line)")
        }
        let one = try VerifiedLedger.verifier(database, models: [copy.models[0]]).run()
        #expect(one.isSound)
        #expect(one.reproducedDecisions > 0 && one.reproducedDecisions < all)
        let line = try #require(one.lines.first { $0.invariant == .reproduction })
        #expect(line.outcome == .holds && line.checked == one.reproducedDecisions, "\(line)")
    }

    @Test func `where no wallet runs expiry is said to be unchecked, and that is no breach`()
        async throws
    {
        let copy = try await VerifiedCopy.make()
        let report = try VerifiedLedger.verifier(
            copy.tampering.database, models: copy.models, expiryGraceSeconds: nil
        ).run()
        let line = try #require(report.lines.first { $0.invariant == .expiry })
        #expect(line.outcome == .leftOut && line.checked == 0)
        #expect(line.description.hasPrefix("not checked"), "\(line)")
        #expect(line.description.contains("no wallet runs"), "\(line)")
        #expect(report.isSound && report.breached.isEmpty, "\(report.lines)")
    }

    @Test func `a changed event is found by its hash`() async throws {
        let copy = try await VerifiedCopy.make()
        let event = try copy.tampering.rewriteFirst(chained: false) { parts in
            parts.decision?.elapsedMicros += 1
            return parts.decision != nil
        }
        #expect(event != nil)
        let report = try await copy.report()
        #expect(report.breached == [.log], "\(report.lines)")
    }

    @Test func `a log that cannot be read to its end proves nothing`() async throws {
        let copy = try await VerifiedCopy.make()
        try copy.tampering.execute(
            """
            UPDATE event_batch SET payload = '\\xff' WHERE first_sequence =
                (SELECT max(first_sequence) FROM event_batch WHERE first_sequence < 100)
            """)
        let report = try await copy.report()
        #expect(!report.isSound)
        #expect(report.breached == [.log])
        #expect(report.lines.filter { $0.outcome == .notChecked }.count == 12)
    }

    @Test func `money that changes its currency is found`() async throws {
        let copy = try await VerifiedCopy.make()
        try copy.tampering.rewrite { parts in
            if parts.account != nil, parts.event.payer == AccountID(4) {
                parts.event.currency = 978
            }
        }
        try copy.tampering.execute(
            """
            UPDATE account SET currency = 978 WHERE id = 4;
            UPDATE entry SET currency = 978 WHERE account_id = 4;
            """)
        let report = try await copy.report()
        #expect(report.breached == [.currencies], "\(report.lines)")
    }

    @Test func `a balance that an event shows wrongly is found`() async throws {
        let copy = try await VerifiedCopy.make()
        let event = try copy.tampering.rewriteFirst { parts in
            guard parts.event.kind == .captured else { return false }
            parts.legs[0].toPosted += 1
            return true
        }
        #expect(event != nil)
        let report = try await copy.report()
        #expect(report.breached == [.balances], "\(report.lines)")
    }

    @Test func `an account below its limit is found`() async throws {
        let copy = try await VerifiedCopy.make()
        try copy.tampering.rewrite { parts in
            if parts.event.kind == .accountLimited { parts.account?.overdraft = 0 }
        }
        try copy.tampering.execute(
            """
            ALTER TABLE entry DROP CONSTRAINT available_within_limit;
            UPDATE entry SET overdraft = 0 WHERE account_id = 3;
            """)
        let report = try await copy.report()
        #expect(report.breached == [.limits], "\(report.lines)")
    }

    @Test func `a transition that may not be is found`() async throws {
        let copy = try await VerifiedCopy.make()
        let event = try copy.tampering.rewriteFirst { parts in
            guard parts.event.kind == .posted, parts.event.cause == .review else { return false }
            parts.event.cause = .challengePassed
            return true
        }
        #expect(event != nil)
        let report = try await copy.report()
        #expect(report.breached == [.transfers], "\(report.lines)")
    }

    @Test func `a decision about another event is found`() async throws {
        let copy = try await VerifiedCopy.make()
        let event = try copy.tampering.rewriteFirst { parts in
            guard parts.decision?.action == .approve else { return false }
            parts.decision?.sequence = Sequence(1)
            return true
        }
        #expect(event != nil)
        let report = try await copy.report()
        #expect(report.breached == [.decidedOnce], "\(report.lines)")
    }

    @Test func `what should have ended is found`() async throws {
        let copy = try await VerifiedCopy.make()
        let original = try await copy.report()
        let expiry = try #require(original.lines.first { $0.invariant == .expiry })
        #expect(expiry.checked > 0)
        var connection = try Connection(copy.tampering.database)
        let id: TransferID
        do {
            let rows = try connection.query(
                Statement("one", "SELECT transfer_id FROM waiting WHERE state = 3 LIMIT 1"))
            id = TransferID(high: rows.uuid(0, 0).high, low: rows.uuid(0, 0).low)
        }
        var end = Timestamp.none
        try copy.tampering.rewrite { parts in
            guard parts.event.transfer == id, parts.event.state == .held else { return }
            if end == .none { end = Timestamp(parts.event.recordedAt.rawValue - 60_000_000) }
            parts.event.expiresAt = end
        }
        try copy.tampering.execute(
            """
            UPDATE transfer SET expires_at = \(end.rawValue) WHERE id = '\(id)';
            UPDATE waiting SET due_at = \(end.rawValue) WHERE transfer_id = '\(id)';
            """)
        let report = try await copy.report()
        #expect(report.breached == [.expiry], "\(report.lines)")
    }

    @Test(arguments: ["digest", "reason", "feature", "score"])
    func `a decision with other bits is found`(part: String) async throws {
        let copy = try await VerifiedCopy.make()
        let changed = try copy.tampering.rewriteFirst { parts in
            guard parts.decision?.action == .hold, parts.detail != nil else { return false }
            switch part {
            case "digest": parts.decision?.featureDigest ^= 1
            case "reason": parts.detail?.reasons[0].contribution.negate()
            case "score": parts.decision?.scoreBits ^= 1
            default: parts.detail?.features[3] += 1
            }
            return true
        }
        let event = try #require(changed)
        if part == "score" {
            try copy.tampering.execute(
                "UPDATE transfer SET score_bits = score_bits # 1 WHERE id = '\(event.transfer)'")
        }
        let report = try await copy.report()
        #expect(report.breached == [.reproduction], "\(report.lines)")
    }

    @Test func `decisions made with another label delay are reproduced with it, or counted apart`()
        async throws
    {
        let ledger = try VerifiedLedger(
            try await TestCluster.newDatabase(), labelDelaySeconds: 86_400)
        defer { ledger.stop() }
        try await ledger.begin()
        for _ in 0..<3 { try await ledger.round() }
        let (database, models) = (ledger.database, ledger.usedModels)
        let (own, other) = try await OwnThread.run {
            (
                try VerifiedLedger.verifier(database, models: models, labelDelaySeconds: 86_400)
                    .run(),
                try VerifiedLedger.verifier(database, models: models).run()
            )
        }
        #expect(own.isSound, "\(own.lines)")
        #expect(own.reproducedDecisions > 20 && own.decisionsApart.isEmpty)
        #expect(other.isSound, "\(other.lines)")
        #expect(other.reproducedDecisions == 0)
        #expect(
            other.decisionsApart
                == ["made with another catalogue of features": own.reproducedDecisions])
    }

    @Test func `a ledger is verified while payments go on`() async throws {
        let ledger = try VerifiedLedger(try await TestCluster.newDatabase(), seed: 5)
        defer { ledger.stop() }
        try await ledger.begin()
        let (database, models) = (ledger.database, ledger.usedModels)
        let isDone = Atomic(false)
        async let verified = OwnThread.run {
            var reports: [VerificationReport] = []
            while !isDone.load(ordering: .relaxed) {
                reports.append(try VerifiedLedger.verifier(database, models: models).run())
            }
            return reports
        }
        for _ in 0..<25 {
            try await ledger.round()
            await ledger.changeLists()
        }
        isDone.store(true, ordering: .relaxed)
        let reports = try await verified
        #expect(reports.count > 1)
        #expect(Set(reports.map(\.cut)).count > 1)
        for report in reports { #expect(report.isSound, "\(report.lines)") }
    }
}
