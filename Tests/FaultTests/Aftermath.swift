import EventLog
import Foundation
import PostgreSQL
import TestProcesses
import Testing

/// What must be true of a home once the faults are over, whatever they were.
struct Aftermath {
    let rig: FaultRig
    private(set) var history = LogHistory()

    init(_ rig: FaultRig) { self.rig = rig }

    /// Reads what the log has grown by.
    mutating func readLog() throws {
        var connection = try rig.database()
        try history.read(&connection)
    }

    /// Checks all that follows, and `verify` last.
    mutating func check(_ journal: Journal, accounts: [String]) async throws {
        let (requests, answers) = try journal.read()
        #expect(Set(requests.map(\.key)).count == requests.count)
        #expect(answers.count == requests.count, "every request was answered in the end")
        try await untilDecided()
        try answersAreTrue(requests, answers)
        try oneTransferForEachKey(answers)
        decidedAtMostOnce()
        try await comesToRest(accounts: accounts)
        try await verifies()
    }

    /// No transfer stays undecided for longer than its deadline and a few seconds.
    mutating func untilDecided() async throws {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            try readLog()
            if !history.asked.contains(where: { $0.state == .reserved }) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("transfers stay undecided:\n\(rig.logTail)")
    }

    /// The same question gets the same answer, and the log has what it said of the transfer.
    private func answersAreTrue(
        _ requests: [Journal.Request], _ answers: [String: Journal.Answer]
    ) throws {
        let client = rig.connect()
        for request in requests {
            guard let first = answers[request.key], first.status == 201 || first.status == 200
            else { continue }
            let story = try #require(
                history.story(first.id), "\(request.key) has no transfer")
            #expect(
                story.events.contains { "\($0.state)" == first.state },
                "\(request.key): the log knows no \(first.state), \(story.events)")
            if request.path.hasSuffix("/capture") {
                let amount = try #require(request.cents)
                #expect(
                    story.events.contains { $0.kind == .captured && $0.amount == amount },
                    "\(request.key): the log knows no capture of \(amount), \(story.events)")
            }
            let again = try #require(
                client.send("POST", request.path, request.body, key: request.key))
            #expect(again.status == first.status, "\(request.key)")
            #expect(again["id"] == first.id && again["state"] == first.state, "\(request.key)")
        }
    }

    /// Every key that was answered with a transfer has one of its own, and there is no other.
    private func oneTransferForEachKey(_ answers: [String: Journal.Answer]) throws {
        let paid = answers.values.filter { $0.status == 201 && $0.key.hasPrefix("pay-") }
        let named = Set(paid.compactMap { TransferID($0.id) })
        #expect(named.count == paid.count)
        #expect(named == Set(history.stories.filter { $0.value.isAsked }.keys))
    }

    /// In the log itself the engine decides a transfer at most once, and so does the fail policy.
    func decidedAtMostOnce() {
        for story in history.asked {
            let name = "\(story.events.first?.transfer ?? .none)"
            #expect(story.engineDecisions.count <= 1, "\(name)")
            #expect(story.policyDecisions.count <= 1, "\(name)")
            #expect(!story.decisions.isEmpty, "\(name)")
        }
    }

    /// What waits for somebody is ended through the API; then nothing is locked anywhere and no money was lost.
    private mutating func comesToRest(accounts: [String]) async throws {
        let client = rig.connect()
        for _ in 0..<1_000 {
            let page = try #require(client.send("GET", "/v1/reviews?limit=100"))
            let ids = page.objects("reviews").compactMap {
                ($0["transfer"] as? [String: Any])?["id"] as? String
            }
            if ids.isEmpty { break }
            for id in ids {
                let answer = client.send(
                    "POST", "/v1/reviews/\(id)/decline", #"{"note":"end of the test"}"#)
                #expect(answer?.status == 200, "\(id): \(answer?.text ?? "no answer")")
            }
        }
        try readLog()
        for story in history.asked where story.state == .authorized {
            let id = story.events[0].transfer
            #expect(client.send("POST", "/v1/authorizations/\(id)/void")?.status == 200, "\(id)")
        }
        try readLog()
        #expect(history.asked.allSatisfy { $0.state.isFinal })
        var cents = 0
        for account in accounts {
            let view = try #require(client.send("GET", "/v1/accounts/\(account)"))
            #expect(view.value("reserved") == "0.00", "\(account)")
            let posted = try #require(view.value("posted")).filter { $0 != "." }
            cents += try #require(Int(posted))
        }
        #expect(cents == accounts.count * PayingClients.funds * 100)
    }

    /// `holdfast verify` finds nothing.
    func verifies() async throws {
        let result = try await rig.command(
            ["verify", "--home", rig.home, "--models", BuiltExecutable.models])
        #expect(result.ending.isSuccess, "\(result.text)")
    }
}

extension Journal.Request {
    /// The amount it asks for, in minor units; nil if it names none.
    fileprivate var cents: Int64? {
        let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        let amount = object?["amount"] as? [String: Any]
        return (amount?["value"] as? String).flatMap { Int64($0.filter { $0 != "." }) }
    }
}
