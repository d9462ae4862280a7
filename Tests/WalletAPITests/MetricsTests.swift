import HTTPTypes
import Testing

@testable import WalletAPI

@Suite struct MetricsTests {
    @Test func `the wallet's events and every request are counted, by route`() async throws {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "10.00")
            let bob = try await api.openAccount("bob")
            for _ in 0..<3 {
                _ = try await api.post("/v1/transfers", api.payment(ann, bob, "1.00"))
            }
            _ = try await api.get("/v1/accounts/\(ann)")
            _ = try await api.get("/v1/accounts/\(bob)")
            _ = try await api.get("/v1/nothing")
            let reply = try await api.get("/metrics")
            #expect(reply.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
            let lines = Set(reply.text.split(separator: "\n").map(String.init))
            for expected in [
                #"holdfast_http_requests_total{method="POST",route="/v1/transfers",status="201"} 3"#,
                #"holdfast_http_requests_total{method="GET",route="/v1/accounts/{id}",status="200"} 2"#,
                #"holdfast_http_requests_total{method="GET",route="NotFound",status="404"} 1"#,
                #"holdfast_http_request_seconds_count{route="/v1/transfers"} 3"#,
                #"holdfast_http_request_seconds_bucket{route="/v1/transfers",le="+Inf"} 3"#,
                #"holdfast_decisions_total{action="approve"} 3"#,
                #"holdfast_events_total{kind="reserved"} 3"#,
                "holdfast_engine_present 1",
            ] {
                #expect(lines.contains(expected), "\(expected)")
            }
        }
    }

    @Test func `decisions are counted by list and by rule, whatever a rule is called`()
        async throws
    {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "10.00")
            let bob = try await api.openAccount("bob")
            api.engine.decide(200, .hold)
            for value in ["1.00", "2.00", "2.00"] {
                _ = try await api.post("/v1/transfers", api.payment(ann, bob, value))
            }
            let wanted = [
                #"holdfast_list_decisions_total{list="watch",subject="device"} 2"#,
                #"holdfast_list_decisions_total{list="deny",subject="payer"} 0"#,
                #"holdfast_rule_decisions_total{rule="night \"watch\"",shadow="false"} 2"#,
                #"holdfast_rule_decisions_total{rule="try out",shadow="true"} 2"#,
                "holdfast_unnamed_rule_matches_total 0",
            ]
            // A payment may be answered before its decision is counted.
            var missing = wanted
            for _ in 0..<400 where !missing.isEmpty {
                let reply = try await api.get("/metrics")
                let lines = Set(reply.text.split(separator: "\n").map(String.init))
                missing = wanted.filter { !lines.contains($0) }
                if !missing.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
            }
            #expect(missing.isEmpty)
        }
    }

    @Test func `invented methods make no series of their own`() throws {
        let metrics = HTTPMetrics()
        for index in 0..<100 {
            let method = try #require(HTTPRequest.Method("M\(index)"))
            metrics.record(
                method: method, route: nil, status: .notFound, elapsed: .milliseconds(3))
        }
        #expect(metrics.snapshot.requests.count == 1)
        #expect(metrics.snapshot.latencies["none"]?.counts[2] == 100)
    }
}
