internal import EventLog
public import Fees
internal import Foundation
internal import Ledger
internal import PostgreSQL
internal import SpendingLimits
internal import Wallet

/// What two price lists would have made of the payments of a home, running or not. Nothing is charged by it.
public struct FeeTrial: Sendable {
    private let home: Home

    /// Over the payments of a home.
    public init(_ home: Home) { self.home = home }

    private static let tiers = Statement(
        "trial.tiers", "SELECT spender::text, tier FROM spender_tier")
    /// What was paid: posted payments, and the captured part of authorizations. What counts towards limits says its kind
    /// of payment.
    private static let payments = Statement(
        "trial.payments",
        """
        SELECT t.kind, t.currency, t.captured, t.spending, a.owner
        FROM transfer t JOIN account a ON a.id = t.payer
        WHERE t.created_at >= (extract(epoch FROM now()) * 1000000)::bigint - $1::bigint * 86400000000
            AND t.captured > 0 AND t.kind IN ($2::bigint, $3::bigint)
        ORDER BY t.created_at, t.id
        """)

    /// Quotes everything that was paid in the last `days` days under both lists, for the tiers that payers have now.
    ///
    /// - Parameters:
    ///   - before: file of the first price list.
    ///   - after: file of the second one.
    /// - Throws: ``OperationError`` if a file cannot be read or is no price list, saying where.
    public func run(from before: String, to after: String, days: Int64) throws -> FeeDryRun {
        let (first, second) = (try Self.schedule(before), try Self.schedule(after))
        return try home.withRunningCluster { cluster, _ in
            var connection = try Connection(cluster.connection(application: "holdfast-fees"))
            return FeeDryRun(of: try Self.read(&connection, days: days), from: first, to: second)
        }
    }

    private static func schedule(_ path: String) throws(OperationError) -> FeeSchedule {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw OperationError("\(path) cannot be read")
        }
        do throws(FeeError) { return try FeeSchedule(json: [UInt8](data)) } catch {
            throw OperationError("\(path): \(error)")
        }
    }

    private static func read(
        _ connection: inout Connection, days: Int64
    ) throws -> [FeePayment] {
        let listed = try connection.query(tiers)
        var known: [TransferID: Tier] = [:]
        for row in 0..<listed.count {
            guard let spender = TransferID(listed.text(row, 0)) else { continue }
            known[spender] = Tier(rawValue: listed.text(row, 1))
        }
        let rows = try connection.query(
            payments,
            Parameters {
                $0.add(days)
                $0.add(Int64(TransferKind.payment.rawValue))
                $0.add(Int64(TransferKind.authorization.rawValue))
            })
        return (0..<rows.count).compactMap { row in
            guard let number = UInt16(exactly: rows.int(row, 1)),
                let currency = Currency(number: number)
            else { return nil }
            let counted = rows.optionalBytes(row, 3).flatMap { bytes -> PaymentKind? in
                Spending(stored: bytes).flatMap { SpendingKind(rawValue: $0.kind) }
                    .flatMap { PaymentKind(rawValue: $0.word) }
            }
            let isAuthorization = rows.int(row, 0) == TransferKind.authorization.rawValue
            return FeePayment(
                kind: counted ?? (isAuthorization ? .merchant : .p2p),
                tier: known[Spender.id(of: rows.text(row, 4))],
                amount: Money(minor: rows.int(row, 2), currency: currency))
        }
    }
}
