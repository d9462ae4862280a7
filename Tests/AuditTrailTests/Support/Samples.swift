import Cryptography
import PostgreSQL

@testable import AuditTrail

enum Samples {
    static let log = AuditLogID(high: 0x0123_4567_89ab_4def, low: 0x8011_2233_4455_6677)

    static func record(_ number: Int) -> AuditRecord {
        try! AuditRecord(
            actor: "person-\(number % 7)", act: number % 3 == 0 ? .sessionStarted : .keyRotated,
            subject: "device-\(number)", outcome: number % 5 == 0 ? .refused : .succeeded,
            details: number % 2 == 0 ? [] : [AuditDetail("number", "\(number)")])
    }

    static func records(_ count: Int) -> [AuditRecord] { (0..<count).map(record) }

    /// A log that exists in memory only.
    static func entries(_ count: Int) -> (head: AuditHead, entries: [AuditEntry]) {
        var head = AuditHead(log: log)
        let entries = (0..<count).flatMap {
            head.append([record($0)], clockMicros: 1_000_000 + Int64($0))
        }
        return (head, entries)
    }
}

extension Connection {
    /// Appends so many records, in transactions of `batch`.
    mutating func fill(_ count: Int, batch: Int = 500) throws {
        for start in stride(from: 0, to: count, by: batch) {
            let records = (start..<min(count, start + batch)).map(Samples.record)
            try transaction { connection throws(PostgreSQLError) in
                _ = try AuditLog.append(records, in: &connection)
            }
        }
    }

    mutating func number(_ sql: String) throws -> Int64 {
        try query(Statement(sql, sql)).int(0, 0)
    }
}
