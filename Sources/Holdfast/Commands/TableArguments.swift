import ArgumentParser
import EventLog
import Foundation
import Operations
import Tables

/// How a command reads a transactions table; the same for every offline command.
struct TableArguments: ParsableArguments {
    @Option(
        help:
            "First moment of the rows that count, RFC 3339 or a date (midnight UTC); earlier rows are history."
    )
    var from: Moment?
    @Option(
        help:
            "First moment that is too late, RFC 3339 or a date (midnight UTC); later rows are not looked at."
    )
    var until: Moment?
    @Flag(
        help:
            "Take every column of numbers but `label` as a feature, and compute none; see `holdfast help dataset`."
    )
    var columns = false
    @Option(help: "What happens at a row that cannot be read: fail, or skip it and count it.")
    var onBadRow = TableOptions.BadRowPolicy.fail
    @Flag(
        help: "Put the rows in the order of occurred_at first; the whole table is held in memory.")
    var sort = false
    @Option(help: "When a label becomes known of which the table does not say so, such as 7d.")
    var labelDelay = TimeSpan(seconds: 7 * 86_400)

    func validate() throws {
        if let from, let until, !(from.timestamp < until.timestamp) {
            throw ValidationError("--from \(from) is not before --until \(until)")
        }
        guard labelDelay.seconds <= TableOptions.maximumLabelDelaySeconds else {
            throw ValidationError("--label-delay \(labelDelay): it is at most 3650d")
        }
    }

    /// The options without further columns.
    var options: TableOptions {
        var options = TableOptions()
        options.range = TimeRange(from: from?.timestamp, until: until?.timestamp)
        options.onBadRow = onBadRow
        options.isSorted = sort
        options.labelDelaySeconds = labelDelay.seconds
        return options
    }

    /// Says what was not looked at, on standard error, so that standard output holds results alone.
    static func report(ignoredColumns: [String], skipped: SkippedRows) {
        var lines: [String] = []
        if !ignoredColumns.isEmpty {
            lines.append(
                "columns that were not looked at: \(ignoredColumns.joined(separator: ", ")) (--extra keeps "
                    + "them as features)")
        }
        if skipped.count > 0 {
            lines.append("\(skipped.count) rows were skipped because they cannot be read:")
            for (column, count) in skipped.byColumn.sorted(by: { $0.key < $1.key }) {
                lines.append("  \(count) for \(column.isEmpty ? "the row as a whole" : column)")
            }
            for example in skipped.examples { lines.append("  such as \(example)") }
        }
        for line in lines { FileHandle.standardError.write(Data((line + "\n").utf8)) }
    }
}

extension TableOptions.BadRowPolicy: ExpressibleByArgument {}

/// A moment as an argument: RFC 3339, or a date that stands for its midnight in UTC.
struct Moment: ExpressibleByArgument, CustomStringConvertible {
    let timestamp: Timestamp
    let description: String

    init?(argument: String) {
        guard let time = Timestamp(rfc3339: argument) ?? Timestamp(rfc3339: argument + "T00:00:00Z")
        else { return nil }
        timestamp = time
        description = argument
    }
}

/// Names of columns, separated by commas.
struct ColumnNames: ExpressibleByArgument {
    let names: [String]

    init?(argument: String) {
        names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard names.allSatisfy({ !$0.isEmpty }), Set(names).count == names.count else { return nil }
    }
}
