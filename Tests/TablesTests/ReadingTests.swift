import EventLog
import Glibc
import SplitMix
import Testing

@testable import Tables

@Suite struct ReadingTests {
    private static let header = "transaction_id,occurred_at,payer,payee,amount,currency"

    private static func row(_ id: Int, second: Int, amount: String = "1.50") -> String {
        "t\(id),2025-01-01T00:00:\(second < 10 ? "0" : "")\(second)Z,p,q,\(amount),USD"
    }

    private static func identifiers(_ text: String, _ options: TableOptions) throws -> [String] {
        let file = TemporaryFile(text)
        var reader = try TransactionReader(path: file.path, options: options)
        let batch = try reader.all()
        return (0..<batch.count).map {
            String(decoding: batch.identifiers[batch.identifier($0)], as: UTF8.self)
        }
    }

    @Test func `bad rows are left out and counted if that is asked for`() throws {
        var options = TableOptions()
        options.onBadRow = .skip
        let file = TemporaryFile(
            """
            \(Self.header)
            \(Self.row(1, second: 1))
            \(Self.row(2, second: 2, amount: "1.505"))
            t3,2025-01-01T00:00:03Z,p,q,1
            \(Self.row(4, second: 4, amount: "x"))

            t5,yesterday,p,q,1,USD
            \(Self.row(6, second: 6))
            """)
        var reader = try TransactionReader(path: file.path, options: options)
        let batch = try reader.all()
        #expect(batch.rows.map(\.line) == [2, 8])
        #expect(reader.skipped.count == 5)
        #expect(reader.skipped.byColumn == ["amount": 2, "": 2, "occurred_at": 1])
        #expect(reader.skipped.examples.map(\.line) == [3, 4, 5, 6, 7])
    }

    @Test func `rows out of order are refused by line even if bad rows are skipped`() throws {
        let text = [Self.header, Self.row(1, second: 5), Self.row(2, second: 4)].joined(
            separator: "\n")
        var options = TableOptions()
        options.onBadRow = .skip
        do {
            _ = try Self.identifiers(text, options)
            Issue.record("was read")
        } catch let error as TableError {
            #expect(error.line == 3 && error.column == "occurred_at")
            #expect(error.reason.contains("--sort"))
        }
    }

    @Test func `sorting keeps the order of rows of one time`() throws {
        var options = TableOptions()
        options.isSorted = true
        let seconds = [5, 3, 5, 1, 3, 5]
        let text =
            Self.header + "\n"
            + seconds.enumerated().map { Self.row($0, second: $1) }.joined(separator: "\n")
        #expect(try Self.identifiers(text, options) == ["t3", "t1", "t4", "t0", "t2", "t5"])
    }

    @Test func `rows after the range are not looked at`() throws {
        var options = TableOptions()
        options.range.until = Timestamp(rfc3339: "2025-01-01T00:00:03Z")
        let rows = [
            Self.row(1, second: 1), Self.row(2, second: 2), Self.row(3, second: 3), "nonsense",
        ]
        let text = ([Self.header] + rows).joined(separator: "\n")
        #expect(try Self.identifiers(text, options) == ["t1", "t2"])
    }

    @Test func `further columns are numbers, missing where empty`() throws {
        var options = TableOptions()
        options.extras = ["b", "a"]
        let file = TemporaryFile(
            "a,\(Self.header),b,c\n1.5,\(Self.row(1, second: 1)),-2e3,x\n,\(Self.row(2, second: 2)),7,y\n"
        )
        var reader = try TransactionReader(path: file.path, options: options)
        let batch = try reader.all()
        #expect(reader.ignoredColumns == ["c"])
        #expect(batch.extras[0] == -2000 && batch.extras[1] == 1.5 && batch.extras[2] == 7)
        #expect(batch.extras[3].isNaN)
        for (extras, column) in [(["c"], "c"), (["d"], "d"), (["label"], "label")] {
            options.extras = extras
            do {
                var reader = try TransactionReader(path: file.path, options: options)
                _ = try reader.all()
                Issue.record("\(extras) were read")
            } catch let error as TableError { #expect(error.column == column) }
        }
    }

    @Test func `amounts are exact in the currency's minor units`() throws {
        for (amount, currency, minor) in [
            ("0", "USD", 0), ("12.5", "USD", 1250), ("12.500", "USD", 1250), ("500.0", "JPY", 500),
            ("90071992547409.93", "USD", 9_007_199_254_740_993), ("0.00000001", "BTC", 1),
        ] as [(String, String, Int64)] {
            let file = TemporaryFile(
                Self.header + "\nt,2025-01-01T00:00:00Z,p,q,\(amount),\(currency)\n")
            var reader = try TransactionReader(path: file.path)
            #expect(try reader.all().rows[0].amount == minor)
        }
    }

    @Test func `a compressed table holds the same rows and has the same hash`() throws {
        let plain = TemporaryFile()
        let packed = plain.path + ".gz"
        for path in [plain.path, packed] {
            var writer = try TransactionWriter(path: path)
            for second: Int64 in 1...3_000 {
                try writer.append(
                    Transaction(
                        id: "t\(second)", occurredAt: Timestamp(second * 1_000_000), payer: "p",
                        payee: "q\(second % 7)",
                        amount: Money(minor: second, currency: Self.dollars)))
            }
            try writer.commit()
        }
        defer { remove(packed) }
        var first = try TransactionReader(path: plain.path, hashes: true)
        var second = try TransactionReader(path: packed, hashes: true)
        #expect(try first.all().rows == second.all().rows)
        let hash = try first.takeHash()
        #expect(hash.count == 32)
        #expect(try second.takeHash() == hash)
        let archive = try #require(readBytes(packed))
        #expect(archive.starts(with: [0x1f, 0x8b]) && archive.count * 5 < plain.bytes.count)
    }

    private static var dollars: Currency {
        guard let currency = Currency(code: "USD") else { fatalError("no dollars") }
        return currency
    }

    @Test func `names are numbered as they come, however many there are`() {
        var random = SplitMix64(seed: 3)
        var table = NameTable()
        var known: [String: UInt32] = [:]
        for _ in 0..<20_000 {
            let name = String(repeating: "n", count: random.below(20)) + "\(random.below(8_000))"
            let bytes = Array(name.utf8)
            let number = table.number(of: 0..<bytes.count, in: bytes)
            #expect(number == known[name] ?? UInt32(known.count + 1))
            known[name] = number
        }
        for (name, number) in known { #expect(table.name(Int(number)) == name) }
        #expect(table.number(of: 0..<2, in: [0xc3, 0x28]) == nil)
    }
}
