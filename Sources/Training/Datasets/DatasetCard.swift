internal import EventLog
internal import Simulation

/// The page that goes with a simulated data set: what it is, whom it shows, what the fraud in it is, how much each
/// feature gives away, what it is not.
public enum DatasetCard {
    /// Markdown.
    ///
    /// - Parameter name: the table's file name.
    public static func text(
        name: String, summary: DatasetSummary, ranking: FeatureRanking
    ) -> String {
        heading(name, summary) + fields + population(summary) + kinds(summary) + weeks(summary)
            + labels(summary) + areas(ranking) + limits
    }

    private static func heading(_ name: String, _ summary: DatasetSummary) -> String {
        let options = summary.options
        return """
            # Data card: `\(name)`

            Payments of a simulated wallet: \(summary.rows) rows over \(options.days) days, of which \
            \(summary.frauds) (\(percent(summary.frauds, summary.rows))) are fraud. Nobody in it exists. Made with

                holdfast dataset generate --seed \(options.seed) --people \(options.people) --days \
            \(options.days) --fraud-share \(options.fraudShare) --out \(name)

            which gives the same bytes each time. Licence: Apache-2.0.

            ## Fields

            One payment a row, in the order of time; a transactions table as `holdfast help dataset` describes it.


            """
    }

    private static let fields = """
        | field | meaning |
        |---|---|
        | `transaction_id` | number of the row |
        | `occurred_at` | when the wallet was asked, UTC |
        | `payer`, `payee` | accounts; those below the number of people are people's, the others merchants' |
        | `amount`, `currency` | US dollars |
        | `kind` | `payment`, or `authorization` where a merchant captures later |
        | `latitude`, `longitude` | where the payment says it is made, to about 100 m; empty if it does not say |
        | `device`, `instrument`, `address` | phone, card and network address, as opaque names |
        | `merchant_category` | ISO 18245; empty between people |
        | `country` | ISO 3166-1, of the place that the payment says it is made at, or would be; now and then that of the payer's home instead; empty if it does not say |
        | `payer_available` | what the payer could spend before |
        | `outcome` | `posted`, or `voided`, at once |
        | `label` | 1 if somebody reported fraud, else 0 |
        | `label_known_at` | when it was reported; empty where nobody did |

        The second table, whose name ends in `_truth.csv`, names the kind of every fraud, and whether it was
        reported. It is for judging what a model finds; no model should see it.


        """

    private static func population(_ summary: DatasetSummary) -> String {
        """
        ## Population

        \(summary.options.people) people have homes, work, habits of time and place, phones, cards, incomes with a \
        payday, friends and shops that they go back to; some share a flat, its network address and a tablet, some \
        never tell where they are, some hide behind relays that fraudsters use, too. They travel, lose and replace \
        phones, pay strangers for what those sell, go shopping at great length, empty their accounts for a deposit, \
        collect money for a present, feed parking meters, pay at a festival's terminal, and come back after weeks \
        without a payment. \(percent(Int(summary.options.rushShare * 100), 100)) of them pay in a rush only: every \
        fourth day a group of new people joins and pays every minute or so for some minutes to an hour, as at an \
        event, and as the live population of `holdfast up --simulate` does.

        * \(percent(summary.betweenPeople, summary.rows)) of the payments are between people, the others go to \
        merchants.
        * Genuine amounts: a quarter are below \(money(summary.amount(quantile: 0.25))), half below \
        \(money(summary.amount(quantile: 0.5))), nine in ten below \(money(summary.amount(quantile: 0.9))), 99 in \
        100 below \(money(summary.amount(quantile: 0.99))) dollars.
        * \(percent(summary.withoutPlace, summary.rows)) do not tell their place, \
        \(percent(summary.voided, summary.rows)) were voided.


        """
    }

    private static func kinds(_ summary: DatasetSummary) -> String {
        var text = """
            ## Fraud

            | kind | what happens | payments | of all frauds | mean amount | reported |
            |---|---|---|---|---|---|

            """
        for (kind, count) in zip(FraudKind.allCases, summary.kinds) {
            let mean = count.frauds > 0 ? count.fraudMinor / Int64(count.frauds) : 0
            text +=
                "| `\(kind.rawValue)` | \(story(kind)) | \(count.frauds) "
                + "| \(percent(count.frauds, summary.frauds)) | \(money(mean)) "
                + "| \(percent(count.reported, count.frauds)) |\n"
        }
        return text + "\n"
    }

    private static func story(_ kind: FraudKind) -> String {
        switch kind {
        case .stolenCard: "a card's data are used in shops, at once or over days, near or far"
        case .accountTakeover:
            "a stranger is logged in, some wait for days, and sends money to mules and shops"
        case .cardTesting: "small sums on many cards, then larger ones on some"
        case .mule: "people are talked into paying somebody who passes it on"
        case .friendly: "the payer paid, and says later that it was not them"
        case .windowPacing: "payments just further apart than windows of counts are long"
        case .compromisedMerchant: "a merchant's customers are charged once more"
        }
    }

    private static func weeks(_ summary: DatasetSummary) -> String {
        var text = """
            ## Prevalence by week

            | week | payments | frauds | prevalence | labelled |
            |---|---|---|---|---|

            """
        for (index, week) in summary.weeks.enumerated() {
            let first = summary.options.start.adding(seconds: Int64(index) * 7 * 86_400)
            text +=
                "| from \(first.rfc3339(decimals: .needed).prefix(10)) | \(week.payments) | \(week.frauds) "
                + "| \(percent(week.frauds, week.payments)) | \(percent(week.reported, week.payments)) |\n"
        }
        return text + "\n"
    }

    private static func labels(_ summary: DatasetSummary) -> String {
        """
        ## Labels

        \(percent(summary.frauds - summary.reported, summary.frauds)) of the frauds were never reported: their label is \
        0, and wrong. Of the others, half were known after \(days(summary.delay(quantile: 0.5))), nine in ten after \
        \(days(summary.delay(quantile: 0.9))), 99 in 100 after \(days(summary.delay(quantile: 0.99))); some only after \
        the table's end. A fraud of `friendly` looks genuine because, to all that can be seen, it is.


        """
    }

    private static func areas(_ ranking: FeatureRanking) -> String {
        var text = """
            ## What each feature gives away

            ROC AUC of each feature of the catalogue alone, on the \(ranking.rows) labelled rows from \
            \(ranking.from.rfc3339(decimals: .needed).prefix(10)) on, of which \(ranking.frauds) are labelled as fraud: \
            0.5 tells nothing, 1 all. The value, or its negative where that ranks better; a missing value ranks below \
            all others; categories rank by their share of fraud before.

            | feature | AUC | riskier if | missing |
            |---|---|---|---|

            """
        for entry in ranking.entries {
            text +=
                "| `\(entry.name)` | \(ModelCard.fixed(entry.area, 3)) "
                + "| \(entry.isRiskierWhenLarge ? "large" : "small") "
                + "| \(ModelCard.fixed(entry.missingShare * 100, 1)) % |\n"
        }
        return text + "\n"
    }

    private static let limits = """
        ## Limits

        A simulation knows only what it was told. Its people follow rules that a model may learn instead of those of
        life; there is one currency, no cash, no season, no economy, and fraudsters do not learn from being caught.
        Prevalence, amounts and habits are plausible and nobody's. Use it to see that a method works and to compare
        methods; a model fitted to it has seen no real payment.

        """

    private static func percent(_ part: Int, _ whole: Int) -> String {
        whole > 0 ? ModelCard.fixed(Double(part) / Double(whole) * 100, 2) + " %" : "–"
    }

    private static func money(_ minor: Int64) -> String { ModelCard.fixed(Double(minor) / 100, 2) }

    private static func days(_ seconds: Int64) -> String {
        ModelCard.fixed(Double(seconds) / 86_400, 1) + " days"
    }
}
