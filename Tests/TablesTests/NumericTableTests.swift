import EventLog
import Testing

@testable import Tables

@Suite struct NumericTableTests {
    private static func read(
        _ text: String, columns: [String]? = nil, options: TableOptions = TableOptions()
    ) throws -> (table: NumericTable, source: NumericTableSource) {
        let file = TemporaryFile(text)
        return try NumericTable.read(path: file.path, columns: columns, options: options)
    }

    @Test func `every column of numbers but the label is a feature`() throws {
        let (table, source) = try Self.read(
            "x0,name,label,payer,x1,amount\n1,a,0,7,,2.5\n-2e-3,5,1,8,4,3\n3,b,,9,5,4\n")
        #expect(table.names == ["x0", "x1", "amount"])
        #expect(source.ignoredColumns == ["name"])
        #expect(table.count == 3 && table.width == 3)
        #expect(table[0, 0] == 1 && table[0, 1].isNaN && table[1, 0] == -0.002 && table[2, 2] == 4)
        #expect(table.labels == [false, true, nil])
        #expect(table.identifiers == ["1", "2", "3"])
        #expect(table.times.isEmpty)
        #expect(table.withRow(2) { Array($0) } == [3, 5, 4])
    }

    @Test func `identifiers and times are kept, and the range holds`() throws {
        var options = TableOptions()
        options.range.from = Timestamp(rfc3339: "2025-01-02T00:00:00Z")
        let text = """
            transaction_id,occurred_at,x
            a,2025-01-01T00:00:00Z,1
            b,2025-01-02T00:00:00Z,2
            c,2025-01-03T00:00:00Z,3
            """
        let (table, _) = try Self.read(text, options: options)
        #expect(table.identifiers == ["b", "c"] && table.values == [2, 3])
        #expect(table.times.first == options.range.from)
    }

    @Test(
        arguments: [
            ("x,y\n1,2\n3,abc\n", 3, "y"), ("x\n1\nnan\n", 3, "x"), ("x\n1\ninf\n", 3, "x"),
            ("x,label\n1,2\n", 2, "label"), ("x,label\n1\n", 2, nil), ("x\n", nil, nil),
            ("label\n1\n", 1, nil), ("x,x\n1,1\n", 1, "x"),
            (
                "occurred_at,x\n2025-01-02T00:00:00Z,1\n2025-01-01T00:00:00Z,1\n", 3,
                "occurred_at"
            ),
        ] as [(String, Int?, String?)])
    func `what is wrong is named by line and column`(text: String, line: Int?, column: String?) {
        do {
            _ = try Self.read(text)
            Issue.record("was read")
        } catch let error as TableError {
            #expect(error.line == line)
            #expect(error.column == column)
        } catch { Issue.record(error) }
    }

    @Test func `rows are sorted by time if that is asked for`() throws {
        var options = TableOptions()
        options.isSorted = true
        let text = "occurred_at,x\n2025-01-02T00:00:00Z,1\n2025-01-01T00:00:00Z,2\n"
        let (table, _) = try Self.read(text, options: options)
        #expect(table.values == [2, 1] && table.identifiers == ["2", "1"])
    }
}
