import ArgumentParser
import EventLog
import Fees
import Foundation
import Operations

struct FeesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fees", abstract: "Try a price list on what was paid.",
        subcommands: [DryRun.self])

    struct DryRun: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dry-run",
            abstract:
                "Say what another price list would have made of past payments; nothing is charged.")

        @OptionGroup var home: HomeOptions
        @Argument(help: "Price list that is compared with, such as .holdfast/prices/fees/1.json.")
        var before: String
        @Argument(help: "Price list that is tried.") var after: String
        @Option(help: "How far back, in days.") var days: Int64 = 30

        func validate() throws {
            guard (1...36_500).contains(days) else {
                throw ValidationError("--days \(days): from 1 to 36500")
            }
        }

        func run() throws {
            let trial = try FeeTrial(home.existing()).run(from: before, to: after, days: days)
            print(
                "\(trial.payments) payments: \(trial.dearer) dearer, \(trial.cheaper) cheaper, "
                    + "\(trial.shifted) shared otherwise, \(trial.unchanged) unchanged, "
                    + "\(trial.refusals.count) refused")
            print(
                "without a rule: \(trial.withoutRuleBefore) before, \(trial.withoutRuleAfter) after"
            )
            for (currency, totals) in trial.totals.sorted(by: { $0.key.code < $1.key.code }) {
                func money(_ minor: Int128) -> String {
                    "\(Money(minor: Int64(clamping: minor), currency: currency))"
                }
                print(
                    "\(money(totals.amountMinor)) paid: fees \(money(totals.feeBeforeMinor)) before, "
                        + "\(money(totals.feeAfterMinor)) after, difference "
                        + "\(money(totals.differenceMinor)); payers \(money(totals.payerDifferenceMinor)), "
                        + "payees \(money(totals.payeeDifferenceMinor))")
            }
            for refusal in trial.refusals.prefix(20) {
                let cause = (refusal.after ?? refusal.before).map { "\($0)" } ?? ""
                print("payment \(refusal.index): \(cause)")
            }
        }
    }
}
