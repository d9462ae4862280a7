import EventLog
import Foundation
import Operations
import PostgreSQL
import ProcessControl
import Testing
import SplitMix

@Suite(.serialized) struct FaultTests {
    private static let isSoak = ProcessInfo.processInfo.environment["HOLDFAST_SOAK"] != nil

    @Test
    func `whatever is killed under load, every answer stays true and everything comes to rest`()
        async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the kills: \(seed)")
        try await FaultRig.run { rig in
            var random = SplitMix64(seed: seed)
            let journal = Journal(rig.home + "/journal")
            let accounts = try PayingClients.open(rig, count: 30)
            let clients = PayingClients(rig, journal, accounts: accounts)
            clients.start(count: 8, seed: seed)
            for _ in 0..<(Self.isSoak ? 200 : 20) {
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...900, using: &random)))
                try await kill(Int.random(in: 0..<10, using: &random), rig)
            }
            try await Task.sleep(for: .seconds(1))
            clients.finish()
            try await rig.untilReady(seconds: 60)
            #expect(rig.supervisorEnding() == nil)
            #expect(journal.answers.count == journal.requests.count)
            #expect(journal.answers.count > 20)
            try await Self.untilDecided(rig)
            try Self.answersAreTrue(journal, rig)
            try Self.oneTransferForEachKey(journal, rig)
            try Self.verifies(rig)
        }
    }

    private func kill(_ choice: Int, _ rig: FaultRig) async throws {
        switch choice {
        case 0..<3: rig.signal(.wallet, SIGKILL)
        case 3..<6: rig.signal(.risk, SIGKILL)
        case 6..<8: rig.killPostgreSQL()
        case 8: try rig.killSupervisor()
        default:
            rig.signal(.risk, SIGSTOP)
            try await Task.sleep(for: .seconds(1))
            rig.signal(.risk, SIGCONT)
        }
    }

    @Test
    func
        `a paused engine leaves the fail policy to answer in time, and its late decisions still count`()
        async throws
    {
        try await FaultRig.run { rig in
            let accounts = try PayingClients.open(rig, count: 2)
            let client = rig.connect()
            let body =
                #"{"payer":"\#(accounts[0])","payee":"\#(accounts[1])","amount":{"value":"5.00","currency":"USD"}}"#
            rig.signal(.risk, SIGSTOP)
            var held: [String] = []
            for index in 0..<5 {
                let begin = ContinuousClock.now
                let answer = try #require(
                    client.send("POST", "/v1/transfers", body, key: "late-\(index)"))
                #expect(ContinuousClock.now - begin < .seconds(3))
                #expect(answer.status == 201 && answer.decidedBy == "fail_policy")
                #expect(answer["state"] == "held")
                held.append(try #require(answer["id"]))
            }
            rig.signal(.risk, SIGCONT)
            try await rig.untilReady(seconds: 20)
            for id in held {
                var decidedBy: String?
                for _ in 0..<250 where decidedBy != "engine" {
                    decidedBy = client.send("GET", "/v1/transfers/\(id)")?.decidedBy
                    if decidedBy != "engine" { try await Task.sleep(for: .milliseconds(20)) }
                }
                #expect(decidedBy == "engine")
            }
            // The first answer is kept, although the transfer moved on.
            let again = try #require(client.send("POST", "/v1/transfers", body, key: "late-0"))
            #expect(again["state"] == "held" && again.decidedBy == "fail_policy")
            try Self.verifies(rig)
        }
    }

    @Test
    func `the publisher's lease moves when its holder is killed, and payments are decided again`()
        async throws
    {
        try await FaultRig.run { rig in
            let accounts = try PayingClients.open(rig, count: 2)
            let body =
                #"{"payer":"\#(accounts[0])","payee":"\#(accounts[1])","amount":{"value":"5.00","currency":"USD"}}"#
            let second = try rig.startWallet()
            try await rig.untilReady(seconds: 30, port: second.port)
            let other = rig.connect(port: second.port)
            let decided = try #require(other.send("POST", "/v1/transfers", body, key: "second-1"))
            #expect(decided.decidedBy == "engine")
            // The holder is the first; the supervisor starts it again, but the second takes over or it does itself.
            rig.signal(.wallet, SIGKILL)
            try await rig.untilReady(seconds: 30)
            var decidedBy: String?
            for index in 0..<100 where decidedBy != "engine" {
                decidedBy =
                    rig.connect().send("POST", "/v1/transfers", body, key: "third-\(index)")?
                    .decidedBy
                if decidedBy != "engine" { try await Task.sleep(for: .milliseconds(200)) }
            }
            #expect(decidedBy == "engine")
            try Self.verifies(rig)
        }
    }

    // MARK: - What must be true afterwards

    /// No transfer stays undecided for longer than a few seconds.
    private static func untilDecided(_ rig: FaultRig) async throws {
        for _ in 0..<200 {
            if try count("SELECT count(*) FROM waiting WHERE state = 1", rig) == 0 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("transfers stay undecided:\n\(rig.logTail)")
    }

    private static func answersAreTrue(_ journal: Journal, _ rig: FaultRig) throws {
        let client = rig.connect()
        for request in journal.requests {
            guard let first = journal.answers[request.key],
                first.status == 201 || first.status == 200
            else { continue }
            let again = try #require(
                client.send("POST", request.path, request.body, key: request.key))
            #expect(again.status == first.status)
            #expect(again["id"] == first.id && again["state"] == first.state, "\(request.key)")
        }
    }

    /// Every key that was answered with a transfer has one, and no transfer was made without a key.
    private static func oneTransferForEachKey(_ journal: Journal, _ rig: FaultRig) throws {
        let paid = journal.answers.values.filter { $0.status == 201 && $0.key.hasPrefix("pay-") }
        #expect(Set(paid.map(\.id)).count == paid.count)
        let transfers = try count("SELECT count(*) FROM transfer WHERE kind IN (1, 2)", rig)
        #expect(transfers == Int64(paid.count))
    }

    private static func verifies(_ rig: FaultRig) throws {
        let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
                "Models"
            ).path
        let result = try rig.command(["verify", "--home", rig.home, "--models", models])
        #expect(result.ending.isSuccess, "\(result.text)")
    }

    private static func count(_ sql: String, _ rig: FaultRig) throws -> Int64 {
        var connection = try rig.database()
        return try connection.query(Statement("count", sql)).int(0, 0)
    }
}
