import EventLog
import SplitMix
import TestSeed
import Testing

@testable import Statements

@Suite struct JournalTests {
    @Test func `a statement is an opening, its lines and an assertion`() throws {
        let lines = [
            try Sample.line(1, -2_500, balance: 7_500, counterparty: "Bob; Co", note: true),
            try Sample.line(
                2, -50, balance: 7_450, kind: .fee, counterparty: "", related: Sample.transfer(1)),
        ]
        let statement = try Statement(
            account: Sample.account(), period: StatementPeriod(month: Sample.november),
            openingMinor: 10_000, lines: lines, closingMinor: 7_450)
        let text = String(decoding: try Journal([statement]).bytes(), as: UTF8.self)
        #expect(
            text == """
                ; Statements of Ada Lovelace, @ada

                commodity USD
                    format 1000.00 USD

                account assets:wallet:USD:wallet-1
                account equity:opening
                account expenses:fee
                account expenses:payment

                2026-11-01 * Opening balance
                    assets:wallet:USD:wallet-1  100.00 USD
                    equity:opening  -100.00 USD

                2026-11-01 * (01900000-0000-7000-8000-000000000001) payment, Bob, Co
                    ; sequence:1
                    assets:wallet:USD:wallet-1  -25.00 USD
                    expenses:payment  25.00 USD

                2026-11-01 * (01900000-0000-7000-8000-000000000002) fee
                    ; sequence:2, related:01900000-0000-7000-8000-000000000001
                    assets:wallet:USD:wallet-1  -0.50 USD
                    expenses:fee  0.50 USD

                2026-11-30 * Closing balance
                    assets:wallet:USD:wallet-1  0.00 USD = 74.50 USD

                """)
    }

    @Test func `hledger finds every closing balance of random histories`() throws {
        var random = SplitMix64(seed: TestSeed.choose("JournalTests.balances"))
        for _ in 0..<12 {
            let chains = try Self.randomChains(&random)
            let bytes = try Journal(chains.flatMap { $0 }.shuffled(using: &random)).bytes()
            _ = try Tool.hledger.text(["-f", "-", "check"], input: bytes)
            _ = try Tool.hledger.text(["-f", "-", "check", "--strict"], input: bytes)
            try Self.checkByLedger(bytes)
            let balances = try Self.balances(bytes)
            for chain in chains {
                let last = try #require(chain.last)
                let name = "assets:wallet:\(last.account.currency):\(last.account.id)"
                #expect(try balances[name].map { try Self.minor($0, last) } == last.closingMinor)
            }
            let wallets = balances.keys.filter { $0.hasPrefix("assets:") }
            #expect(wallets.count == chains.count)
        }
    }

    @Test(arguments: Currency.all.map(\.code))
    func `every currency's smallest and largest amounts pass unharmed`(code: String) throws {
        // One journal a scale is enough for hledger's sake; the others differ in their name only.
        let currency = try Sample.currency(code)
        guard Currency.all.first(where: { $0.scale == currency.scale }) == currency else { return }
        for amounts in [
            [1], [-1], [Int64.max], [-Int64.max], [Int64.max, -1], [0], [1_000, 1_000_000],
        ]
            as [[Int64]]
        {
            let statement = try Sample.statement(
                amounts, opening: 0, account: Sample.account(code))
            let bytes = try Journal([statement]).bytes()
            _ = try Tool.hledger.text(["-f", "-", "check", "--strict"], input: bytes)
            try Self.checkByLedger(bytes)
            let balance = try #require(
                try Self.balances(bytes)["assets:wallet:\(code):wallet-1"])
            #expect(try Self.minor(balance, statement) == statement.closingMinor)
        }
    }

    @Test func `no text that a person types changes a journal's meaning`() throws {
        let amounts: [Int64] = [-1_250, 300, -1]
        let plain = try Self.meaning(
            Journal([Sample.statement(amounts, counterparty: "Bob")]).bytes())
        #expect(plain.balances["assets:wallet:USD:wallet-1"] == "90.49 USD")
        for text in Sample.hostileTexts {
            let account = try Sample.account(name: text, handle: text)
            let statement = try Sample.statement(amounts, account: account, counterparty: text)
            let bytes = try Journal([statement]).bytes()
            #expect(try Self.meaning(bytes) == plain, "\(text)")
            try Self.checkByLedger(bytes)
        }
    }

    @Test func `hledger and ledger would see a wrong journal by its assertion`() throws {
        let bytes = try Journal([Sample.statement([-1])]).bytes()
        let wrong = String(decoding: bytes, as: UTF8.self)
            .split(separator: "= 99.99").joined(separator: "= 99.98")
        #expect(try !Tool.hledger.run(["-f", "-", "check"], input: Array(wrong.utf8)).isSuccess)
        #expect(throws: Tool.Failure.self) { try Self.checkByLedger(Array(wrong.utf8)) }
    }

    @Test func `codes are the transfers' identifiers`() throws {
        let bytes = try Journal([Sample.statement([-1, 2])]).bytes()
        let codes = try Tool.hledger.text(["-f", "-", "codes"], input: bytes)
        #expect(
            codes.split(separator: "\n") == [
                "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002",
            ])
    }

    @Test func `a transfer between two of the accounts is neither income nor expense`() throws {
        let statements = [
            try Sample.statement([-500, -100]),
            try Sample.statement([500], account: Sample.account(id: "wallet-2")),
        ]
        let balances = try Self.balances(Journal(statements).bytes())
        #expect(balances["equity:transfers"] == "0")
        #expect(balances["expenses:payment"] == "1.00 USD")
        #expect(balances["income:payment"] == nil)
    }

    @Test func `statements of an account follow one another, of one person`() throws {
        let account = try Sample.account()
        func statement(_ month: String, _ opening: Int64) throws -> Statement {
            try Statement(
                account: account, period: StatementPeriod(month: month), openingMinor: opening,
                lines: [], closingMinor: opening)
        }
        func code(_ statements: [Statement]) -> StatementError.Code? {
            Sample.error { try Journal(statements) }?.code
        }
        #expect(try code([statement("2026-12", 5), statement("2026-11", 5)]) == nil)
        #expect(try code([statement("2026-11", 5), statement("2026-12", 6)]) == .brokenChain)
        #expect(try code([statement("2026-10", 5), statement("2026-12", 5)]) == .brokenChain)
        #expect(try code([statement("2026-10", 5), statement("2026-10", 5)]) == .brokenChain)
        #expect(code([]) == .noStatements)
        let other = try Sample.statement([], account: Sample.account(handle: "@eve"))
        #expect(try code([statement("2026-11", 5), other]) == .differentHolders)
    }

    /// ledger, too, checks assertions and that all names are declared.
    private static func checkByLedger(_ bytes: [UInt8]) throws {
        _ = try Tool.ledger.text(
            ["-f", "-", "--strict", "--pedantic", "balance", "--flat"], input: bytes)
    }

    // MARK: - What hledger makes of it

    private struct Meaning: Equatable {
        let balances: [String: String]
        let accounts: String
        let dates: [String]
        let postings: Int
    }

    private static func meaning(_ bytes: [UInt8]) throws -> Meaning {
        _ = try Tool.hledger.text(["-f", "-", "check", "--strict"], input: bytes)
        let register = try CSVReader.records(
            Array(
                Tool.hledger.text(["-f", "-", "register", "-O", "csv"], input: bytes)
                    .split(separator: "\n").map { $0 + "\r\n" }.joined().utf8))
        return Meaning(
            balances: try balances(bytes),
            accounts: try Tool.hledger.text(["-f", "-", "accounts"], input: bytes),
            dates: register.map { $0[1] }, postings: register.count)
    }

    private static func balances(_ bytes: [UInt8]) throws -> [String: String] {
        let text = try Tool.hledger.text(
            ["-f", "-", "balance", "--flat", "-N", "-E", "-O", "csv"], input: bytes)
        let lines = text.split(separator: "\n").map { $0 + "\r\n" }.joined()
        let records = try CSVReader.records(Array(lines.utf8)).dropFirst()
        return Dictionary(records.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    /// hledger writes a balance of nothing without its currency.
    private static func minor(_ text: String, _ statement: Statement) throws -> Int64 {
        if text == "0" { return 0 }
        let parts = text.split(separator: " ")
        #expect(parts.count == 2 && parts[1] == statement.account.currency.code)
        return try Money(String(parts[0]), currency: statement.account.currency).minor
    }

    /// One to three months of two accounts in each of some currencies.
    private static func randomChains(_ random: inout SplitMix64) throws -> [[Statement]] {
        var chains: [[Statement]] = []
        for code in ["USD", "JPY", "BTC", "ETH"] {
            for number in 1...2 {
                let account = try Sample.account(code, id: "wallet-\(number)")
                var period: StatementPeriod? = try StatementPeriod(month: "2026-11")
                var chain: [Statement] = []
                for _ in 0...random.below(3) {
                    let opening =
                        chain.last?.closingMinor ?? Int64(random.next() % 1_000_000) - 500_000
                    chain.append(
                        try Sample.history(
                            account, #require(period), opening: opening, count: random.below(30),
                            &random))
                    period = period?.next
                }
                chains.append(chain)
            }
        }
        return chains
    }
}
