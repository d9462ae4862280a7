internal import EventLog
internal import Ledger
internal import PostgreSQL

/// What events after the cut touched: rows of these are newer than the derivation, and are not compared.
struct LaterChanges {
    private(set) var accounts: Set<AccountID> = []
    private(set) var transfers: Set<TransferID> = []
    private(set) var policies: Set<Sequence> = []
    private(set) var listPlaces: Set<LedgerAudit.ListPlace> = []
    private var last: Sequence

    init(after cut: Sequence) { last = cut }

    /// Reads on to the head that the connection's snapshot shows, which tables read in the same snapshot are at.
    mutating func follow(_ connection: inout Connection) throws(PostgreSQLError) {
        while true {
            let batches = try LogReader.batches(after: last, limit: 256, &connection)
            if batches.isEmpty { return }
            for stored in batches {
                do throws(WireError) { note(try EventBatch(encoded: stored.payload)) } catch {
                    throw .unexpectedResult(
                        "batch \(stored.firstSequence.rawValue) cannot be read: \(error)")
                }
                last = stored.lastSequence
            }
        }
    }

    private mutating func note(_ batch: EventBatch) {
        for index in 0..<batch.count {
            let event = batch.event(at: index)
            if event.transfer == .none {
                accounts.insert(event.payer)
            } else {
                transfers.insert(event.transfer)
            }
        }
        for item in batch.policies { policies.insert(batch.event(at: item.index).sequence) }
        for item in batch.listEntries { listPlaces.insert(LedgerAudit.ListPlace(item.value)) }
        for item in batch.related { transfers.insert(item.value) }
        for leg in batch.legs {
            accounts.insert(leg.from)
            accounts.insert(leg.to)
        }
    }
}
