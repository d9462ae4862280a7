import EventLog
import Testing

@testable import Ledger

/// Each refusal by name, and that nothing is left of what was refused.
@Suite struct RefusalTests {
    @Test func `unknown names, bad amounts and wrong currencies`() {
        LedgerScript.run(
            """
            open ann 1000
            open bob
            open eve-eur
            pay 1 ann nobody 100         -> unknown_account
            pay 1 nobody ann 100         -> unknown_account
            freeze nobody debits         -> unknown_account
            decide 9 approve             -> unknown_transfer
            late 9                       -> unknown_transfer
            capture 9 1                  -> unknown_transfer
            void 9                       -> unknown_transfer
            refund 9 1 as 10             -> unknown_transfer
            challenge 9 passed           -> unknown_transfer
            review 9 release             -> unknown_transfer
            label 9                      -> unknown_transfer
            expire 9                     -> unknown_transfer
            pay 1 ann bob 0              -> invalid_amount
            pay 1 ann bob -5             -> invalid_amount
            pay 1 ann ann 5              -> same_payer_and_payee
            pay 1 ann eve-eur 5          -> currency_mismatch
            pay 1 ann bob 5 eur          -> currency_mismatch
            pay 1 ann bob 5 leg=ann:eve-eur:1 -> currency_mismatch
            pay 1 ann bob 5 leg=ann:fees:0    -> invalid_amount
            pay 1 ann bob 1001           -> insufficient_funds
            pay 1 ann bob 1000 leg=ann:fees:1 -> insufficient_funds
            pay 1 ann bob max leg=ann:fees:1  -> insufficient_funds
            ann 1000 0 1000
            pay 1 ann bob 999 leg=ann:fees:1  -> reserved
            pay 1 bob ann 1              -> duplicate_identifier
            pay 2 ann bob 1              -> insufficient_funds
            ann 0 1000 1000
            """)
    }

    @Test func `limits: overdraft, use, negative ones, and the house has none`() {
        LedgerScript.run(
            """
            open ann 100
            open bob
            limit ann overdraft=-1       -> invalid_limit
            limit ann hour-count=-1      -> invalid_limit
            limit bank overdraft=5       -> house_account
            freeze bank debits           -> house_account
            limit ann overdraft=50       -> done
            pay 1 ann bob 151            -> insufficient_funds
            pay 1 ann bob 150            -> reserved
            ann -50 150 100
            limit ann overdraft=49       -> limit_below_use
            decide 1 approve             -> posted
            limit ann overdraft=49       -> limit_below_use
            ann -50 0 -50
            """)
    }

    @Test func `sums that no balance can hold are refused, one by one and together`() {
        LedgerScript.run(
            """
            open ann
            open bob
            open eve
            transfer bank ann max        -> posted
            transfer bank ann 1          -> balance_overflow
            transfer bank bob 1          -> posted     # the bank stands at the lowest number there is
            transfer bank eve 1          -> balance_overflow
            pay 1 ann bob 9223372036854775806 -> reserved
            pay 2 bob ann 1              -> balance_overflow
            decide 1 approve             -> posted
            bob 9223372036854775807 0 9223372036854775807
            """)
        // Two legs to one account fit one by one, not together: found when funds are locked, not when they move.
        LedgerScript.run(
            """
            open ann 4611686018427387904
            open bob 4611686018427387903
            open eve 1
            pay 1 ann eve 4611686018427387904 leg=bob:eve:4611686018427387903 -> balance_overflow
            """)
    }

    @Test func `money that meanwhile fits no more is held, not lost`() {
        LedgerScript.run(
            """
            open ann 10
            open bob 9223372036854775790
            open eve
            pay 1 ann bob 10             -> reserved
            transfer fees bob 10         -> posted
            decide 1 approve             -> held
            review 1 release             -> balance_overflow
            ann 0 10 10
            review 1 decline             -> voided
            ann 10 0 10
            """)
    }

    @Test func `caps: count and sum, in a rolling hour and in a UTC day`() {
        // The script begins at 00:30 UTC.
        LedgerScript.run(
            """
            open ann 1000
            open bob
            limit ann hour-count=2 hour-sum=100 -> done
            tick 0
            pay 1 ann bob 50             -> reserved
            decide 1 decline             -> voided     # funds were locked: it counts
            tick 10
            pay 2 ann bob 51             -> hour_sum_cap_exceeded
            pay 2 ann bob 50             -> reserved
            pay 3 ann bob 1              -> hour_count_cap_exceeded
            tick 3589.999999
            pay 3 ann bob 50             -> hour_count_cap_exceeded
            tick 0.000001
            pay 3 ann bob 50             -> reserved   # the first is an hour old
            pay 4 ann bob 1              -> hour_count_cap_exceeded
            limit ann day-count=3 day-sum=170 -> done
            pay 4 ann bob 1              -> day_count_cap_exceeded
            limit ann day-count=9 day-sum=170 -> done
            pay 4 ann bob 21             -> day_sum_cap_exceeded
            pay 4 ann bob 20             -> reserved
            tick 80999.999999                          # a microsecond before … 
            tick 0.000001                              # … midnight is the new day's
            """
        )
        LedgerScript.run(
            """
            open ann 1000
            open bob
            limit ann day-count=1        -> done
            tick 0
            pay 1 ann bob 1              -> reserved
            tick 84599.999999
            pay 2 ann bob 1              -> day_count_cap_exceeded
            tick 0.000001
            pay 2 ann bob 1              -> reserved
            pay 3 ann bob 1              -> day_count_cap_exceeded
            """)
    }

    @Test func `states, captures and refunds`() {
        LedgerScript.run(
            """
            open ann 1000
            open bob
            pay 1 ann bob 100            -> reserved
            void 1                       -> wrong_state
            refund 1 rest as 2           -> wrong_state
            challenge 1 passed           -> wrong_state
            review 1 release             -> wrong_state
            decide 1 approve             -> posted
            void 1                       -> wrong_state
            refund 1 101 as 2            -> over_refund
            refund 1 0 as 2              -> invalid_amount
            refund 1 60 as 1             -> duplicate_identifier
            refund 1 60 as 2             -> posted
            refund 2 rest as 3           -> not_refundable
            refund 1 41 as 3             -> over_refund
            refund 1 rest as 3           -> posted
            refund 1 rest as 4           -> over_refund
            ann 1000 0 1000
            authorize 5 ann bob 100 leg=ann:fees:5 -> reserved
            decide 5 approve             -> authorized
            capture 5 101                -> over_capture
            capture 5 100                -> posted
            ann 895 0 895
            """)
    }

    @Test func `further legs are what they are, whatever their role`() {
        LedgerScript.run(
            """
            open ann 1000
            open bob
            open eve
            authorize 1 ann bob 100 leg=ann:eve:7:principal -> reserved
            ann 893 107 1000
            decide 1 approve             -> authorized
            capture 1 rest               -> posted
            ann 893 0 893
            eve 7 0 7
            authorize 2 ann bob 100 leg=ann:eve:7:principal -> reserved
            decide 2 decline             -> voided
            ann 893 0 893
            """)
        let many = (0..<15).map { _ in "leg=ann:bob:1" }.joined(separator: " ")
        LedgerScript.run(
            """
            open ann 1000
            open bob
            pay 1 ann bob 1 \(many) leg=ann:bob:1 -> too_many_legs
            pay 1 ann bob 1 \(many)      -> reserved
            ann 984 16 1000
            """)
    }

    @Test func `decisions of other engines, leases and events`() {
        LedgerScript.run(
            """
            open ann 1000
            open bob
            pay 1 ann bob 100            -> reserved
            decide 1 approve old-epoch   -> stale_epoch
            decide 1 approve old-lease   -> stale_lease
            decide 1 approve elsewhere   -> already_decided
            decide 1 not_evaluated       -> already_decided
            activate                     -> done
            decide 1 approve             -> posted
            decide 1 approve             -> already_decided
            transfer bank bob 5          -> posted
            """)
    }
}

@Suite struct LedgerScriptTests {
    @Test(arguments: ["ann 6 0 6", "pay 1 ann bob 5 -> held", "pray 1 ann"])
    func `a wrong line of a table is found`(line: String) {
        withKnownIssue { LedgerScript.run("open ann 5\nopen bob\n\(line)") }
    }
}
