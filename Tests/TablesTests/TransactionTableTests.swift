import EventLog
import Glibc
import Testing

@testable import Tables

@Suite struct TransactionTableTests {
    private static let header = "transaction_id,occurred_at,payer,payee,amount,currency"

    private static func rows(_ text: String) throws -> [TableRow] {
        let file = TemporaryFile(text)
        var reader = try TransactionReader(path: file.path)
        return try reader.all().rows
    }

    private static func failure(_ text: String) -> TableError? {
        do {
            _ = try rows(text)
            return nil
        } catch { return error as? TableError }
    }

    @Test func `rows survive writing and reading, whatever their text`() throws {
        let dollars = try #require(Currency(code: "USD"))
        var rows: [Transaction] = []
        for (index, name) in ["plain", "a,b", "say \"so\"", "two\nlines", "", "ünïcode"]
            .enumerated()
        {
            var row = Transaction(
                id: "t\(index)", occurredAt: Timestamp(1_000_000 + Int64(index)), payer: "p" + name,
                payee: "q", amount: Money(minor: Int64(index) * 7 + 1, currency: dollars))
            row.device = name
            row.place = index % 2 == 0 ? .init(latitude: -33_868_800, longitude: Int32(index)) : nil
            row.country = index == 1 ? .none : CountryCode("DE") ?? .none
            row.sequence = Sequence(Int64(index))
            row.limit = index == 4 ? 700 : nil
            row.kind = index % 2 == 0 ? .authorization : .payment
            row.merchantCategory = UInt16(index)
            row.payerAvailable = index == 3 ? nil : -5
            row.outcome = index == 2 ? .voided : .posted
            row.outcomeAt = Timestamp(2_000_000)
            row.outcomeSequence = Sequence(Int64(index) * 2)
            row.labelSequence = Sequence(Int64(index) * 3)
            row.isFraud = index == 0 ? nil : index == 1
            row.labelKnownAt = index == 1 ? Timestamp(3_000_001) : .none
            rows.append(row)
        }
        let file = TemporaryFile()
        var writer = try TransactionWriter(path: file.path)
        for row in rows { try writer.append(row) }
        try writer.commit()
        var reader = try TransactionReader(path: file.path)
        let batch = try reader.all()
        #expect(batch.count == rows.count)
        for (index, row) in rows.enumerated() {
            #expect(reader.transaction(batch, index) == row)
        }
    }

    @Test func `columns may stand in any order, others are ignored by name`() throws {
        let file = TemporaryFile(
            "\u{feff}currency,amount,colour,payee,payer,occurred_at,transaction_id\r\n"
                + "USD,1.50,red,q,p,2025-01-01T00:00:00Z,t1")
        var reader = try TransactionReader(path: file.path)
        #expect(reader.ignoredColumns == ["colour"])
        let batch = try reader.all()
        let row = reader.transaction(batch, 0)
        #expect(row.id == "t1" && row.amount.minor == 150 && row.payer == "p")
        #expect(batch.count == 1)
    }

    @Test(
        arguments: [
            ("", nil, nil), ("payer,payee\n", 1, "transaction_id"),
            ("transaction_id,transaction_id\n", 1, "transaction_id"),
            ("H\nt,2025-01-01T00:00:00Z,p,q,1.50\n", 2, nil),
            ("H\nt,yesterday,p,q,1.50,USD\n", 2, "occurred_at"),
            ("H\nt,2025-01-01T00:00:00Z,p,q,1.505,USD\n", 2, "amount"),
            ("H\nt,2025-01-01T00:00:00Z,p,q,-1,USD\n", 2, "amount"),
            ("H\nt,2025-01-01T00:00:00Z,p,q,1,XXX\n", 2, "currency"),
            ("H\nt,2025-01-01T00:00:00Z,,q,1,USD\n", 2, "payer"),
            (
                "H\nt,2025-01-02T00:00:00Z,p,q,1,USD\nt,2025-01-01T00:00:00Z,p,q,1,USD", 3,
                "occurred_at"
            ),
            ("H\n\"t,2025-01-01T00:00:00Z,p,q,1,USD\n", 2, nil),
            ("H\nt\"x,2025-01-01T00:00:00Z,p,q,1,USD\n", 2, nil),
            ("H,label\nt,2025-01-01T00:00:00Z,p,q,1,USD,yes\n", 2, "label"),
            ("H,latitude\nt,2025-01-01T00:00:00Z,p,q,1,USD,5\n", 2, "longitude"),
            ("H,latitude,longitude\nt,2025-01-01T00:00:00Z,p,q,1,USD,95,0\n", 2, "latitude"),
            ("H,latitude,longitude\nt,2025-01-01T00:00:00Z,p,q,1,USD,nan,0\n", 2, "latitude"),
            ("H,outcome\nt,2025-01-01T00:00:00Z,p,q,1,USD,lost\n", 2, "outcome"),
        ] as [(String, Int?, String?)])
    func `bad rows are named by line and column`(text: String, line: Int?, column: String?) {
        let error = Self.failure(text.replacing("H", with: Self.header))
        #expect(error != nil)
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test func `a file that is not there is named`() {
        do throws(TableError) {
            _ = try TransactionReader(path: "/nonexistent/table.csv")
            Issue.record("was opened")
        } catch { #expect(error.path == "/nonexistent/table.csv") }
    }

    @Test func `an output that is not finished leaves nothing behind`() throws {
        let path = "/tmp/holdfast-unfinished-\(getpid())"
        do {
            var file = try AtomicFile(path: path)
            try file.append("half")
        }
        #expect(access(path, F_OK) != 0)
        #expect(access(path + ".\(getpid()).partial", F_OK) != 0)
        #expect(throws: OutputError.self) { try AtomicFile.write([], to: "/nonexistent/x") }
    }
}
