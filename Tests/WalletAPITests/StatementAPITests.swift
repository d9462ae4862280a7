import Foundation
import ProcessControl
import Testing

@testable import WalletAPI

/// Statements, receipts and books over HTTP.
@Suite struct StatementAPITests {
    private static func month(_ api: TestAPI) -> String {
        String(api.clock.now.rfc3339().prefix(7))
    }

    @Test func `a month's statement has every movement, and its figures follow`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            for value in ["1.00", "2.50"] { _ = try await api.pay(ann.token, "@bob", value) }
            let wallets = try await api.ask(ann, "wallets")
            let id = try #require(wallets["wallets"][0]["id"].text)
            let month = Self.month(api)
            let statement = try await api.ask(ann, "wallets/\(id)/statement?month=\(month)")
            #expect(statement.status == 200, "\(statement.text)")
            #expect(statement.text.contains("@bob") && statement.text.contains("96.50"))
            let csv = try await api.ask(ann, "wallets/\(id)/statement?month=\(month)&format=csv")
            #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(csv.text.split(whereSeparator: \.isNewline).count >= 4, "\(csv.text)")
            let pdf = try await api.ask(ann, "wallets/\(id)/statement?month=\(month)&format=pdf")
            #expect(pdf.bytes.starts(with: Array("%PDF-".utf8)))
            let before = try await api.ask(ann, "wallets/\(id)/statement?month=2020-01")
            #expect(before.status == 200 && !before.text.contains("@bob"))
            for query in ["month=2020-13", "", "month=2020-01&format=xml"] {
                let reply = try await api.ask(ann, "wallets/\(id)/statement?\(query)")
                #expect(reply.status == 400 && reply.code == "invalid_parameter", "\(query)")
            }
            let eve = try await api.somebody("eve")
            #expect(
                try await api.ask(eve, "wallets/\(id)/statement?month=\(month)").code
                    == "unknown_account")
        }
    }

    @Test func `documents are drawn where nothing waits for them, and not without end`()
        async throws
    {
        let threads = LowPriorityThreads("test", limit: 1)
        let priority = await threads.run {
            getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        }
        #expect(priority == 19)
        // One is drawn, one waits, and the next is turned away.
        let (held, letGo) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let first = threads.run {
            held.signal()
            letGo.wait()
            return 1
        }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                held.wait()
                continuation.resume()
            }
        }
        let others = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<2 { group.addTask { await threads.run { 2 } } }
            var results: [Int?] = []
            for await result in group {
                results.append(result)
                letGo.signal()
            }
            return results
        }
        #expect(await first == 1)
        #expect(others == [nil, 2])
        threads.stop()
        #expect(await threads.run { 4 } == nil)
    }

    @Test func `a receipt says who paid whom how much, to both`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let paid = try await api.pay(ann.token, "@bob", "2.50")
            let id = try #require(paid["id"].text)
            for person in [ann, bob] {
                let receipt = try await api.ask(person, "payments/\(id)/receipt")
                #expect(receipt.status == 200, "\(receipt.text)")
                for part in ["@ann", "@bob", "2.50", id] {
                    #expect(receipt.text.contains(part), "\(part): \(receipt.text)")
                }
            }
            let pdf = try await api.ask(ann, "payments/\(id)/receipt?format=pdf")
            #expect(pdf.bytes.starts(with: Array("%PDF-".utf8)))
            let eve = try await api.somebody("eve")
            #expect(try await api.ask(eve, "payments/\(id)/receipt").code == "unknown_transfer")
        }
    }

    @Test func `hledger reads the books of a live wallet and finds its balances`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            try await api.fund(ann, "7", "EUR")
            _ = try await api.pay(ann.token, "@bob", "12.34")
            let opened = try await api.mine(ann, "pockets", #"{"name":"P","currency":"USD"}"#)
            let id = try #require(opened["id"].text)
            _ = try await api.mine(ann, "pockets/\(id)/deposit", #"{"amount":\#(usd("30.00"))}"#)
            let journal = try await api.ask(ann, "journal?month=\(Self.month(api))")
            #expect(journal.status == 200, "\(journal.text)")
            let file = FileManager.default.temporaryDirectory
                .appendingPathComponent("\(UUID().uuidString).journal")
            try Data(journal.bytes).write(to: file)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "LC_ALL=C.UTF-8", "hledger", "-f", file.path, "balance", "assets", "--no-total",
                "--flat",
            ]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let output = String(
                decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(output)\n\(journal.text)")
            for amount in ["57.66", "30.00", "7.00"] {
                #expect(output.contains(amount), "\(output)")
            }
        }
    }
}
