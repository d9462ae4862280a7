import EventLog
import SplitMix
import Testing

@testable import Statements

/// Values that the tests share.
enum Sample {
    static let november = "2026-11"

    static func currency(_ code: String) throws -> Currency {
        try #require(Currency(code: code))
    }

    static func account(
        _ code: String = "USD", id: String = "wallet-1", name: String = "Ada Lovelace",
        handle: String = "@ada"
    ) throws -> StatementAccount {
        let holder = try Holder(name: name, handle: handle)
        return try StatementAccount(id: id, holder: holder, currency: currency(code))
    }

    static func transfer(_ number: Int) -> TransferID {
        TransferID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
    }

    /// A line of November 2026, `number` minutes after the month's beginning.
    static func line(
        _ number: Int, _ amount: Int64, balance: Int64, kind: LineKind = .payment,
        counterparty: String = "Bob", note: Bool = false, related: TransferID? = nil
    ) throws -> StatementLine {
        let start = try CalendarMonth(november).start
        return StatementLine(
            sequence: Sequence(Int64(number)), time: start.adding(seconds: Int64(number) * 60),
            kind: kind, transfer: transfer(number), counterparty: counterparty,
            hasEncryptedNote: note, amountMinor: amount, balanceMinor: balance,
            relatedTransfer: related)
    }

    /// A statement of November 2026 with the given amounts.
    static func statement(
        _ amounts: [Int64], opening: Int64 = 10_000, account: StatementAccount? = nil,
        counterparty: String = "Bob"
    ) throws -> Statement {
        var balance = opening
        var lines: [StatementLine] = []
        for (index, amount) in amounts.enumerated() {
            balance += amount
            lines.append(
                try line(index + 1, amount, balance: balance, counterparty: counterparty))
        }
        return try Statement(
            account: account ?? Self.account(), period: StatementPeriod(month: november),
            openingMinor: opening, lines: lines, closingMinor: balance)
    }

    /// The error that a body throws; nil if it throws none.
    static func error(_ body: () throws -> some Any) -> StatementError? {
        do {
            _ = try body()
            return nil
        } catch { return error as? StatementError }
    }

    /// What a person might type to break out of a format.
    static let hostileTexts = [
        "", " ", "plain", "new\nline", "crlf\r\nassets:wallet  1000000 USD",
        "\n2026-11-05 * theft\n",
        "a; comment", ";", "two  spaces  99 USD", "tab\there", "\t=1+1", "\r=1+1", "\"quoted\"",
        "'",
        "'=1", "''+1", "'t Hooft", "=HYPERLINK(\"http://x\")", "+1", "-1", "@ada", "\u{ff1d}1",
        "=\u{301}1", "include /etc/passwd", "\ninclude /etc/passwd\n", "!include /etc/passwd",
        "comment", "\ncomment\n", "\nend comment", "| note", "(code) * ! =", "date:2020-01-01",
        "; date:2020-01-01", "[2020-01-01]", "a,b", "a,\"b\"", "\u{0}nul\u{1}\u{7f}\u{85}\u{9b}",
        "\u{2028}line\u{2029}separators\u{b}\u{c}", "😀👨‍👩‍👧🏳️‍🌈", "\u{202e}gnp.exe\u{202c}",
        "\u{200f}rtl\u{200e}\u{2066}x\u{2069}", "שלום", "مرحبا", "日本語", "Ünïcödé ©",
        "\u{fffd}\u{ffff}\u{feff}", "\\", "\\\"", "</script>", "e\u{301}\u{302}\u{303}",
        "Y 2027", "P 2026-11-01 USD 2 EUR", "= expr", "~ monthly",
        "assets:wallet:USD:wallet-1  5 USD",
        String(repeating: "W", count: 900), String(repeating: "é", count: 500),
    ]

    static let kinds: [LineKind] = [
        .payment, .request, .refund, .fee, .funding, .withdrawal, .exchange, .capture, .reversal,
        .adjustment,
    ]

    /// A history of up to `count` lines with hostile texts, amounts of all sizes, several lines of
    /// one event, and balances below zero. Nothing in it overflows.
    static func history(
        _ account: StatementAccount, _ period: StatementPeriod, opening: Int64, count: Int,
        _ random: inout SplitMix64
    ) throws -> Statement {
        let length = period.until.rawValue - period.from.rawValue
        let times = (0..<count).map { _ in Int64(random.next() % UInt64(length)) }.sorted()
        var (balance, sequence) = (opening, Int64(1 + random.below(1_000)))
        var lines: [StatementLine] = []
        for time in times {
            let size = UInt64(1) << UInt64(1 + random.below(48))
            let amount = Int64(random.next() % size) * (random.below(2) == 0 ? 1 : -1)
            balance += amount
            sequence += Int64(random.below(3)) + (lines.isEmpty ? 1 : 0)
            lines.append(
                StatementLine(
                    sequence: Sequence(sequence), time: Timestamp(period.from.rawValue + time),
                    kind: kinds[random.below(kinds.count)],
                    transfer: transfer(random.below(200)),
                    counterparty: hostileTexts[random.below(hostileTexts.count)],
                    hasEncryptedNote: random.below(2) == 0, amountMinor: amount,
                    balanceMinor: balance,
                    relatedTransfer: random.below(3) == 0 ? transfer(random.below(200)) : nil))
        }
        return try Statement(
            account: account, period: period, openingMinor: opening, lines: lines,
            closingMinor: balance)
    }
}
