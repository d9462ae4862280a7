import EventLog

@testable import Tables

extension TransactionReader {
    /// All rows at once.
    mutating func all() throws -> RowBatch {
        var all = RowBatch()
        var batch = RowBatch()
        while try read(into: &batch, limit: 7) {
            for index in 0..<batch.count {
                all.append(row: index, of: batch, extraCount: extras.count)
            }
        }
        return all
    }

    /// A row as it would be written.
    func transaction(_ batch: RowBatch, _ index: Int) -> Transaction {
        func text(_ token: Token, _ names: NameTable) -> String {
            token == .none ? "" : names.name(Int(token.rawValue))
        }
        let row = batch.rows[index]
        guard let currency = Currency(number: row.currency) else { fatalError("no currency") }
        var transaction = Transaction(
            id: String(decoding: batch.identifiers[batch.identifier(index)], as: UTF8.self),
            occurredAt: row.occurredAt, payer: accountName(row.payer),
            payee: accountName(row.payee), amount: Money(minor: row.amount, currency: currency))
        transaction.kind = row.kind
        if row.context.hasPlace {
            transaction.place = .init(
                latitude: row.context.latitude, longitude: row.context.longitude)
        }
        transaction.device = text(row.context.device, devices)
        transaction.instrument = text(row.context.instrument, instruments)
        transaction.address = text(row.context.address, addresses)
        transaction.merchantCategory = row.context.merchantCategory
        transaction.country = row.context.country
        transaction.initiatedAt = row.context.initiatedAt
        transaction.sequence = row.sequence
        transaction.payerAvailable = row.payerAvailable
        transaction.limit = row.limit
        transaction.outcome = row.outcome
        transaction.outcomeAt = row.outcomeAt
        transaction.outcomeSequence = row.outcomeSequence
        transaction.isFraud = row.isFraud
        transaction.labelKnownAt = row.labelKnownAt
        transaction.labelSequence = row.labelSequence
        return transaction
    }
}
