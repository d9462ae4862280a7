/// The transactions table in few words, for `holdfast help dataset`; the DocC article says all.
enum TableFormat {
    static let help = """
        A transactions table is CSV (RFC 4180) with a header, compressed (.gz) or not, one payment a row, in the order of \
        time; payments of one time keep the order of their rows.

        Required: transaction_id, occurred_at (RFC 3339), payer, payee, amount (decimal, 0 or more), currency (ISO 4217).

        Optional: kind (payment, authorization), latitude and longitude (degrees), device, instrument, address, \
        merchant_category (ISO 18245), country (ISO 3166-1), initiated_at, sequence, payer_available, limit, outcome \
        (posted, voided, pending), outcome_at, outcome_sequence, label (0, 1 or empty), label_known_at, label_sequence.

        Columns stand in any order; an empty field is a missing value. Other columns are reported and ignored, or kept as \
        numeric features with --extra a,b. Without an outcome a payment was posted at once. Without label_known_at a \
        label becomes known --label-delay after the payment, and rows without a label are history only. A table that is \
        not sorted is refused by line, unless --sort; so is a row that cannot be read, unless --on-bad-row skip.

        With --columns every column whose first value is a number is a feature, except label and the columns above that \
        name a payment, its parties or its times or say what became of it; transaction_id may then be missing, and the \
        row's number stands in for it.
        """
}
