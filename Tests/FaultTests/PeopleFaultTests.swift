import Foundation
import SplitMix
import Synchronization
import TestProcesses
import TestSeed
import Testing

/// People pay, ask, exchange and pay fees while what serves them is killed.
extension FaultTests {
    private struct Person: Decodable {
        var handle: String
        var account: String
        var token: String
    }

    private static func prices() -> [String: String] {
        let now = Date().addingTimeInterval(-60).ISO8601Format()
        return [
            "fees/1.json": """
            {"version": 1, "valid_from": "2020-01-01T00:00:00Z", "rules": [
              {"id": "p2p", "kind": "p2p", "currency": "USD", "fixed": "0.01", "paid_by": "payer"},
              {"id": "request", "kind": "request", "parts_per_million": 10000, "paid_by": "payee"},
              {"id": "fx", "kind": "exchange", "parts_per_million": 5000, "paid_by": "payer"}]}
            """,
            "limits.csv": "currency,USD\n*,all,50.00,100000.00,-\n",
            "rates.csv":
                "source,test\nobserved_at,\(now)\nmaximum_age_seconds,86400\nEUR,USD,1.25\n",
            "spreads.csv": "default,5000\n",
        ]
    }

    @Test func `people's payments, requests, exchanges and fees survive kills, each once`()
        async throws
    {
        let seed = TestSeed.choose("people under kills")
        try await FaultRig.run(prices: Self.prices(), logLevel: "notice") { rig in
            let result = try await PythonPeer("sign_up.py").run(
                [
                    "http://localhost:\(rig.port)", "4", rig.home + "/logs/wallet.log",
                    rig.home + ".log",
                ])
            let people = try JSONDecoder().decode([Person].self, from: Data(result.utf8))
            let operatorClient = rig.connect()
            for person in people {
                let funded = operatorClient.send(
                    "POST", "/v1/accounts/\(person.account)/fund",
                    #"{"amount":{"value":"5000.00","currency":"USD"}}"#,
                    key: "fund-\(person.handle)")
                #expect(funded?.status == 201)
            }
            let tally = PeopleTally()
            let group = DispatchGroup()
            for number in people.indices {
                group.enter()
                let thread = Thread {
                    var random = SplitMix64(seed: seed &+ UInt64(number))
                    Self.live(number, people, rig, tally, &random)
                    group.leave()
                }
                thread.start()
            }
            for round in 0..<(Self.isSoak ? 20 : 6) {
                try await Task.sleep(for: .milliseconds(1_500))
                if round % 3 == 2 { _ = rig.killPostgreSQL() } else { rig.signal(.wallet, SIGKILL) }
                try await rig.untilReady(seconds: 60)
            }
            tally.stop()
            group.wait()
            try await rig.untilReady(seconds: 60)
            try checkAnswers(people, rig, tally)
            let aftermath = Aftermath(rig)
            try await aftermath.verifies()
            print("people: \(tally.summary)")
            for (name, count) in tally.counts { #expect(count > 0, "\(name)") }
        }
    }

    /// What was answered with 201 is still there, and the same request is answered the same.
    private func checkAnswers(_ people: [Person], _ rig: FaultRig, _ tally: PeopleTally) throws {
        for done in tally.done {
            let client = rig.connect(key: people[done.person].token)
            let again = try #require(
                client.send("POST", done.path, done.body, key: done.key), "\(done.key)")
            #expect(again.status == 201 && again["id"] == done.id, "\(done.key): \(again.text)")
        }
        // A request was paid by one transfer, however often it was tried.
        #expect(Set(tally.done.map(\.id)).count == tally.done.count)
    }

    private static func live(
        _ number: Int, _ people: [Person], _ rig: FaultRig, _ tally: PeopleTally,
        _ random: inout SplitMix64
    ) {
        let me = people[number]
        let client = rig.connect(key: me.token)
        var count = 0
        while !tally.isStopped {
            Thread.sleep(forTimeInterval: 0.02)
            count += 1
            let other = people[(number + 1 + Int(random.next() % 3)) % people.count]
            let cents = 10 + random.next() % 90
            switch random.next() % 3 {
            case 0:
                tally.carryOut(
                    "payment", number, client, "/v1/me/payments",
                    #"{"to":"@\#(other.handle)","amount":{"value":"1.\#(cents)","currency":"USD"}}"#,
                    "pay-\(number)-\(count)")
            case 1:
                // Asks, and the other one, who has the same token for this test, pays.
                guard
                    let asked = tally.persist({
                        client.send(
                            "POST", "/v1/me/requests",
                            #"{"shares":[{"from":"@\#(other.handle)","amount":{"value":"2.\#(cents)","currency":"USD"}}]}"#
                        )
                    }), asked.status == 201, let id = asked["id"]
                else { continue }
                guard let place = people.firstIndex(where: { $0.handle == other.handle }) else {
                    continue
                }
                tally.carryOut(
                    "request", place, rig.connect(key: other.token), "/v1/me/requests/\(id)/pay",
                    "{}", "request-\(number)-\(count)")
            default:
                guard
                    let quote = tally.persist({
                        client.send(
                            "POST", "/v1/me/exchanges/quotes",
                            #"{"sell":{"value":"3.\#(cents)","currency":"USD"},"currency":"EUR"}"#)
                    }), quote.status == 201, let id = quote["id"]
                else { continue }
                tally.carryOut(
                    "exchange", number, client, "/v1/me/exchanges", #"{"quote":"\#(id)"}"#,
                    "exchange-\(number)-\(count)")
            }
        }
    }
}

/// What people did, and what they were answered.
private final class PeopleTally: Sendable {
    struct Done: Sendable {
        var person: Int
        var path: String
        var body: String
        var key: String
        var id: String
    }
    private struct State: Sendable {
        var done: [Done] = []
        var counts: [String: Int] = ["payment": 0, "request": 0, "exchange": 0]
        var refusals: [String: Int] = [:]
        var isStopped = false
    }
    private let state = Mutex(State())

    var isStopped: Bool { state.withLock { $0.isStopped } }
    func stop() { state.withLock { $0.isStopped = true } }
    var done: [Done] { state.withLock { $0.done } }
    var counts: [String: Int] { state.withLock { $0.counts } }
    var summary: String { state.withLock { "\($0.counts), refused: \($0.refusals)" } }

    /// Tries until there is an answer that is final.
    func persist(_ send: () -> RawClient.Answer?) -> RawClient.Answer? {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if let answer = send(), answer.status < 500, answer.status != 429 { return answer }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return nil
    }

    func carryOut(
        _ what: String, _ person: Int, _ client: RawClient, _ path: String, _ body: String,
        _ key: String
    ) {
        guard let answer = persist({ client.send("POST", path, body, key: key) }) else { return }
        state.withLock { state in
            if answer.status == 201, let id = answer["id"] {
                state.counts[what, default: 0] += 1
                state.done.append(
                    Done(person: person, path: path, body: body, key: key, id: id))
            } else {
                state.refusals["\(what) \(answer["code"] ?? "\(answer.status)")", default: 0] += 1
            }
        }
    }
}
