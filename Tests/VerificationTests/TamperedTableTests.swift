import Testing
import Verification

@Suite struct TamperedTableTests {
    /// That an entry, `e`, is its account's newest: its present state.
    private static let isNewest =
        "sequence = (SELECT max(sequence) FROM entry n WHERE n.account_id = e.account_id)"

    /// That a transfer carries what somebody has spent up to now.
    private static let isLastTally = """
        created_sequence = (SELECT max(n.created_sequence) FROM transfer n
            WHERE n.spent_by IS NOT NULL AND NOT EXISTS (SELECT FROM spending s
                WHERE s.spender = n.spent_by AND s.sequence > n.created_sequence))
        """
    /// That what somebody has spent up to now stands in a row by itself, `s`.
    private static let isNewerThanTransfers = """
        s.sequence > (SELECT max(n.created_sequence) FROM transfer n WHERE n.spent_by = s.spender)
        """

    @Test(arguments: [
        (
            Invariant.log,
            "UPDATE event_batch SET running_hash = sha256(running_hash) WHERE first_sequence = "
                + "(SELECT max(first_sequence) FROM event_batch WHERE first_sequence < 100)"
        ),
        (
            .log,
            "UPDATE event_batch SET recorded_at = recorded_at + 1 WHERE first_sequence = "
                + "(SELECT max(first_sequence) FROM event_batch WHERE first_sequence < 100)"
        ),
        (.log, "UPDATE ledger_head SET undecided = undecided + 1"),
        (.log, "UPDATE ledger_head SET running_hash = sha256(running_hash)"),
        (
            .balances,
            "UPDATE entry e SET posted = posted + CASE account_id WHEN 4 THEN 1 ELSE -1 END "
                + "WHERE account_id IN (4, 5) AND \(isNewest)"
        ),
        (
            .balances,
            "UPDATE entry e SET debit_count = debit_count - 1 WHERE account_id = 4 AND \(isNewest)"
        ),
        (
            .balances,
            "DELETE FROM entry WHERE (account_id, sequence) = "
                + "(SELECT account_id, min(sequence) FROM entry WHERE account_id = 5 GROUP BY 1)"
        ),
        (
            .balances,
            "UPDATE entry SET posted = posted + 1 WHERE (account_id, sequence) = "
                + "(SELECT account_id, min(sequence) FROM entry WHERE account_id = 5 AND "
                + "posted > 0 GROUP BY 1)"
        ),
        (.accounts, "UPDATE entry e SET flags = flags | 2 WHERE account_id = 4 AND \(isNewest)"),
        (.accounts, "UPDATE account SET cap_hour_count = 5 WHERE id = 3"),
        (.accounts, "UPDATE entry e SET flags = flags & ~4 WHERE account_id = 3 AND \(isNewest)"),
        (
            .transfers,
            "UPDATE transfer SET captured = captured - 1 WHERE id = "
                + "(SELECT id FROM transfer WHERE kind = 1 AND state = 5 AND spending IS NULL LIMIT 1)"
        ),
        (
            .transfers,
            "UPDATE transfer SET first_state = 6 WHERE id = "
                + "(SELECT id FROM transfer WHERE kind = 1 AND state = 5 LIMIT 1)"
        ),
        (
            .transfers,
            "DELETE FROM transfer WHERE id = (SELECT id FROM transfer WHERE kind = 4 LIMIT 1)"
        ),
        (
            .transfers,
            "DELETE FROM waiting WHERE transfer_id = (SELECT transfer_id FROM waiting LIMIT 1)"
        ),
        (
            .transfers,
            "INSERT INTO waiting SELECT id, 3, 0, 1 FROM transfer WHERE state = 6 LIMIT 1"
        ),
        (
            .idempotency,
            "UPDATE idempotency SET subject = gen_random_uuid() WHERE key = "
                + "(SELECT key FROM idempotency WHERE subject IS NOT NULL LIMIT 1)"
        ),
        (
            .idempotency,
            "UPDATE idempotency SET sequence = sequence + 9 WHERE key = "
                + "(SELECT key FROM idempotency WHERE subject IS NOT NULL AND sequence < 200 LIMIT 1)"
        ),
        (
            .idempotency,
            "UPDATE idempotency SET answer = '\\x01' WHERE key = "
                + "(SELECT key FROM idempotency WHERE subject IS NULL LIMIT 1)"
        ),
        (
            .idempotency,
            "INSERT INTO idempotency SELECT gen_random_uuid(), request, subject, sequence, answer "
                + "FROM idempotency WHERE subject IS NOT NULL LIMIT 1"
        ),
        (
            .policies,
            "UPDATE policy SET rules = rules || E'\\nscore > 0.9 -> hold \"mine\"'"
        ),
        (.policies, "UPDATE policy SET model_hash = challenger_hash"),
        (.policies, "UPDATE policy SET challenger_hash = ''"),
        (.policies, "UPDATE policy SET recorded_at = recorded_at - 1"),
        (.policies, "DELETE FROM policy"),
        (
            .policies,
            "INSERT INTO policy SELECT sequence + 100000, recorded_at, model_hash, challenger_hash, "
                + "rules, actor, note FROM policy"
        ),
        (.policies, "UPDATE list_entry SET until = 1 WHERE list = 2"),
        (.policies, "UPDATE list_entry SET recorded_at = recorded_at + 1 WHERE list = 2"),
        (.policies, "UPDATE list_entry SET sequence = sequence + 100000 WHERE list = 2"),
        (.policies, "UPDATE list_entry SET key = 4 WHERE list = 2"),
        (.policies, "UPDATE list_entry SET list = 9 WHERE list = 2"),
        (.policies, "DELETE FROM list_entry WHERE list = 1"),
        (.policies, "INSERT INTO list_entry VALUES (3, 3, 5, 0, 1, 1, 'eve', '')"),
        (
            .spending,
            "UPDATE transfer SET spent = set_byte(spent, 18, get_byte(spent, 18) # 1) "
                + "WHERE \(isLastTally)"
        ),
        (.spending, "UPDATE transfer SET spent = substr(spent, 1, 27) WHERE \(isLastTally)"),
        (.spending, "UPDATE transfer SET spent = substr(spent, 1, 26) WHERE \(isLastTally)"),
        (.spending, "UPDATE transfer SET spent_by = NULL WHERE \(isLastTally)"),
        (.spending, "UPDATE transfer SET spent_by = gen_random_uuid() WHERE \(isLastTally)"),
        (
            .spending,
            "UPDATE spending s SET tally = set_byte(tally, 18, get_byte(tally, 18) # 1) "
                + "WHERE \(isNewerThanTransfers)"
        ),
        (.spending, "DELETE FROM spending s WHERE \(isNewerThanTransfers)"),
        (.spending, "UPDATE transfer SET spent = NULL WHERE \(isLastTally)"),
        // Nothing spent in the last day of all days, which begins anew now.
        (.spending, "UPDATE transfer SET spent = '\\x7fffffff7fffffff' WHERE \(isLastTally)"),
        (
            .spending,
            "UPDATE spending s SET tally = '\\x7fffffff7fffffff' WHERE \(isNewerThanTransfers)"
        ),
        // What is true now, and would hide all that is spent later.
        (
            .spending,
            "UPDATE spending s SET sequence = sequence + 100000 WHERE \(isNewerThanTransfers)"
        ),
        (
            .spending,
            "WITH moved AS (INSERT INTO spending SELECT spent_by, created_sequence, spent "
                + "FROM transfer WHERE \(isLastTally) ON CONFLICT (spender) DO UPDATE "
                + "SET sequence = excluded.sequence, tally = excluded.tally) "
                + "UPDATE transfer SET spent = '' WHERE \(isLastTally)"
        ),
        (
            .spending,
            "INSERT INTO spending SELECT spent_by, created_sequence + 1, '\\x0000000000000000' "
                + "FROM transfer WHERE \(isLastTally) ON CONFLICT (spender) DO UPDATE "
                + "SET sequence = excluded.sequence, tally = excluded.tally"
        ),
        (
            .spending,
            "UPDATE transfer SET spending = NULL WHERE id = (SELECT id FROM transfer "
                + "WHERE spending IS NOT NULL AND state = 5 LIMIT 1)"
        ),
        (
            .reproduction,
            "UPDATE risk_context SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) "
                + "WHERE sequence = (SELECT min(sequence) FROM risk_context)"
        ),
        (
            .reproduction,
            "UPDATE risk_context SET sealed = (SELECT sealed FROM risk_context r WHERE r.key_id = "
                + "risk_context.key_id AND r.sequence > risk_context.sequence LIMIT 1) "
                + "WHERE sequence = (SELECT min(c.sequence) FROM risk_context c JOIN context_key k "
                + "ON k.id = c.key_id AND k.erased_sequence IS NULL GROUP BY c.key_id "
                + "HAVING count(*) > 1 LIMIT 1)"
        ),
        (.reproduction, "DELETE FROM risk_context"),
        (
            .reproduction,
            "DELETE FROM context_key WHERE id = (SELECT min(key_id) FROM risk_context)"
        ),
    ])
    func `what is changed in a table is found`(invariant: Invariant, sql: String) async throws {
        let copy = try await VerifiedCopy.make()
        try copy.tampering.execute(sql)
        let report = try await copy.report()
        #expect(report.breached == [invariant], "\(report.lines)")
    }

    /// What depends on the context may be found, too: that cannot be told apart from an honest erasure's effect.
    @Test(arguments: [
        "UPDATE context_key SET master_key = NULL, data_key = NULL, erased_sequence = id + 1, "
            + "erased_at = 1 WHERE id = (SELECT max(id) FROM context_key)",
        "INSERT INTO rebase VALUES (3, 0)",
        "DELETE FROM rebase",
        "UPDATE risk_context SET key_id = (SELECT min(id) FROM context_key WHERE erased_at "
            + "IS NOT NULL) WHERE sequence = (SELECT min(sequence) FROM risk_context)",
        "UPDATE context_key SET (account_id, master_key, data_key, erased_sequence, erased_at) = "
            + "(SELECT account_id, NULL::text, NULL::bytea, erased_sequence, 1 FROM context_key "
            + "WHERE erased_at IS NOT NULL LIMIT 1) WHERE id = (SELECT min(id) FROM context_key)",
    ])
    func `an erasure that the log does not tell of is found`(sql: String) async throws {
        let copy = try await VerifiedCopy.make()
        try copy.tampering.execute(sql)
        let report = try await copy.report()
        #expect(report.breached.contains(.erasure), "\(report.lines)")
        #expect(report.breached.allSatisfy { $0 == .erasure || $0 == .reproduction })
    }
}
