internal import Cryptography
public import PostgreSQL

/// The database's schema, in numbered files that are applied once and never change afterwards.
public enum Migrations {
    /// A schema that cannot be migrated.
    public enum MigrationError: Error, Sendable, CustomStringConvertible {
        case database(PostgreSQLError)
        /// A file that was applied has other contents now.
        case changed(number: Int, name: String)
        /// The database was migrated by a newer build.
        case newer(applied: Int, known: Int)

        /// What is wrong, and what to do about it.
        public var description: String {
            switch self {
            case .database(let error): "\(error)"
            case .changed(let number, let name):
                "migration \(number) (\(name)) was applied with other contents than this build has; "
                    + "a migration must never be changed once applied: restore its file or use the build that fits"
            case .newer(let applied, let known):
                "the database has \(applied) migrations, this build knows \(known): use a newer build"
            }
        }
    }

    static let files: [(name: String, sql: [UInt8])] = [
        ("0001_ledger.sql", PackageResources._001_ledger_sql),
        ("0002_policy.sql", PackageResources._002_policy_sql),
        ("0003_country.sql", PackageResources._003_country_sql),
        ("0004_people.sql", PackageResources._004_people_sql),
        ("0005_audit.sql", PackageResources._005_audit_sql),
        ("0006_wallets.sql", PackageResources._006_wallets_sql),
        ("0007_spending.sql", PackageResources._007_spending_sql),
        ("0008_personal_payments.sql", PackageResources._008_personal_payments_sql),
        ("0009_sealed_notes.sql", PackageResources._009_sealed_notes_sql),
        ("0010_notices.sql", PackageResources._010_notices_sql),
        ("0011_four_eyes.sql", PackageResources._011_four_eyes_sql),
        ("0012_privacy.sql", PackageResources._012_privacy_sql),
        ("0013_claim_tries.sql", PackageResources._013_claim_tries_sql),
        ("0014_sealed_context.sql", PackageResources._014_sealed_context_sql),
        ("0015_payment_repairs.sql", PackageResources._015_payment_repairs_sql),
        ("0016_refusals_and_notices.sql", PackageResources._016_refusals_and_notices_sql),
        ("0017_spending_with_transfers.sql", PackageResources._017_spending_with_transfers_sql),
    ]

    /// Applies what is missing, under an advisory lock, each file in a transaction of its own.
    public static func apply(to connection: inout Connection) throws(MigrationError) {
        do throws(PostgreSQLError) {
            try connection.execute("SELECT pg_advisory_lock(7234981)")
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS migration (
                    number integer PRIMARY KEY, name text NOT NULL, checksum bytea NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now())
                """)
        } catch { throw .database(error) }
        try check(&connection)
        do throws(PostgreSQLError) {
            try connection.execute("SELECT pg_advisory_unlock(7234981)")
        } catch { throw .database(error) }
    }

    private static func check(_ connection: inout Connection) throws(MigrationError) {
        let applied: [(Int, [UInt8])]
        do throws(PostgreSQLError) {
            let rows = try connection.query(
                Statement("migrations", "SELECT number, checksum FROM migration ORDER BY number"))
            applied = (0..<rows.count).map { (Int(rows.int($0, 0)), rows.bytes($0, 1)) }
        } catch { throw .database(error) }
        guard applied.count <= files.count else {
            throw .newer(applied: applied.count, known: files.count)
        }
        for (index, file) in files.enumerated() {
            let checksum = SHA256.hash(file.sql).bytes
            if index < applied.count {
                guard applied[index].1 == checksum else {
                    throw .changed(number: index + 1, name: file.name)
                }
                continue
            }
            do throws(PostgreSQLError) {
                let hex = Hexadecimal.encode(checksum)
                try connection.execute(
                    """
                    BEGIN;
                    \(String(decoding: file.sql, as: UTF8.self))
                    INSERT INTO migration (number, name, checksum)
                        VALUES (\(index + 1), '\(file.name)', decode('\(hex)', 'hex'));
                    COMMIT;
                    """)
            } catch { throw .database(error) }
        }
    }
}
