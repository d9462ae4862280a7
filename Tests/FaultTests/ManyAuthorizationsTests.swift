import EventLog
import Foundation
import Testing

extension FaultTests {
    /// What one account may authorize in all, and how it is kept to that.
    private struct Limit {
        var name: String
        /// US dollars.
        var funds: Int
        var limits: String
        /// How many authorizations of 1.00 there may be.
        var passing: Int
        var refusal: String
    }

    @Test
    func
        `a thousand authorizations at once exceed neither funds nor a cap, and the engine decides them`()
        async throws
    {
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        files.rlim_cur = files.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        try await FaultRig.run { rig in
            var aftermath = Aftermath(rig)
            for limit in [
                Limit(
                    name: "funds", funds: 60, limits: "{}", passing: 60,
                    refusal: "insufficient_funds"),
                Limit(
                    name: "count", funds: 2_000, limits: #"{"hour_count":40}"#, passing: 40,
                    refusal: "hour_count_cap_exceeded"),
                Limit(
                    name: "sum", funds: 2_000,
                    limits: #"{"day_sum":{"value":"25.50","currency":"USD"}}"#, passing: 25,
                    refusal: "day_sum_cap_exceeded"),
            ] {
                try await authorize(limit, rig, &aftermath)
            }
            aftermath.decidedAtMostOnce()
            try await aftermath.verifies()
        }
    }

    private func authorize(
        _ limit: Limit, _ rig: FaultRig, _ aftermath: inout Aftermath
    ) async throws {
        let client = rig.connect()
        var ids: [String] = []
        for role in ["payer", "payee"] {
            let opened = client.send(
                "POST", "/v1/accounts", #"{"owner":"\#(limit.name)-\#(role)","currency":"USD"}"#)
            ids.append(try #require(opened?["id"]))
        }
        #expect(
            client.send(
                "POST", "/v1/accounts/\(ids[0])/fund",
                #"{"amount":{"value":"\#(limit.funds).00","currency":"USD"}}"#)?.status == 201)
        let limited = client.send("PUT", "/v1/accounts/\(ids[0])/limits", limit.limits)
        #expect(limited?.status == 200, "\(limited?.text ?? "no answer")")

        // All are asked before any answer is waited for.
        let body = Self.payment(ids[0], ids[1], "1.00")
        let clients = (0..<1_000).map { _ in rig.connect() }
        for (number, client) in clients.enumerated() {
            let isSent = client.begin(
                "POST", "/v1/authorizations", body, key: "\(limit.name)-\(number)")
            try #require(isSent, "\(limit.name) \(number)")
        }
        var passed: [String] = []
        for (number, client) in clients.enumerated() {
            let answer = try #require(client.finish(seconds: 60), "\(limit.name) \(number)")
            if answer.status == 201 {
                passed.append(try #require(answer["id"]))
            } else {
                #expect(answer["code"] == limit.refusal, "\(answer.text)")
            }
        }

        // The engine has the last word on all of them, in time or late.
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            try aftermath.readLog()
            let isDecided = passed.allSatisfy {
                aftermath.history.story($0)?.engineDecisions.isEmpty == false
            }
            if isDecided { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let stories = passed.compactMap { aftermath.history.story($0) }
        #expect(stories.count == passed.count)
        #expect(stories.allSatisfy { $0.engineDecisions.count == 1 })
        let declined = stories.filter { $0.state == .voided }.count
        // What the engine declined gives its funds back for others; attempts count against a cap whatever becomes of
        // them.
        if limit.name == "funds" {
            #expect((limit.passing...limit.passing + declined).contains(passed.count))
        } else {
            #expect(passed.count == limit.passing)
        }
        let payer = try #require(stories.first?.events.first?.payer)
        #expect(try #require(aftermath.history.leastAvailable[payer]) >= 0)
        let view = try #require(client.send("GET", "/v1/accounts/\(ids[0])"))
        #expect(view.value("reserved") == "\(passed.count - declined).00")
        #expect(view.value("available") == "\(limit.funds - passed.count + declined).00")
        #expect(view.value("posted") == "\(limit.funds).00")
    }
}
