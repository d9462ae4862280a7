import Foundation
import PostgreSQL
import TestPlantedData
import TestProcesses
import Testing

/// What is personal is nowhere in clear, in nothing that a whole run of the service writes or tells.
extension FaultTests {
    private struct Somebody: Decodable {
        let handle: String
        let account: String
        let token: String
    }

    private static let planted = [
        "Rosalind", "Quistgaard", "person0.private@example.org", "person1.private@example.org",
        "correct horse battery", "Anniversary dinner", "Grandmother's cottage", "Old rowing friend",
        "planted-device-51", "planted-instrument-52", "203.0.113.177", "nobody.yet@example.org",
    ]

    @Test func `nothing personal is in logs, metrics, events, tables or files of a run`()
        async throws
    {
        try await FaultRig.run(logLevel: "trace") { rig in
            let result = try await PythonPeer("sign_up.py").run(
                [
                    "http://localhost:\(rig.port)", "2", rig.home + "/logs/wallet.log",
                    rig.home + ".log",
                ])
            let people = try JSONDecoder().decode([Somebody].self, from: Data(result.utf8))
            let funded = rig.connect().send(
                "POST", "/v1/accounts/\(people[0].account)/fund",
                #"{"amount":{"value":"500.00","currency":"USD"}}"#, key: "fund")
            #expect(funded?.status == 201)
            let ann = rig.connect(key: people[0].token)
            let context =
                #"{"device":"planted-device-51","instrument":"planted-instrument-52","address":"203.0.113.177"}"#
            func post(_ path: String, _ body: String, _ expected: Set<Int>) throws {
                let answer = try #require(
                    ann.send(
                        "POST", path, body, key: path.replacing("/", with: "-") + "-\(body.count)"))
                #expect(expected.contains(answer.status), "\(path): \(answer.text)")
            }
            let usd = #"{"value":"7.00","currency":"USD"}"#
            for to in ["@person1", "person1.private@example.org", "nobody.yet@example.org"] {
                try post(
                    "/v1/me/payments", #"{"to":"\#(to)","amount":\#(usd),"context":\#(context)}"#,
                    [201, 202])
            }
            try post(
                "/v1/me/requests",
                #"{"total":\#(usd),"shares":[{"from":"person1.private@example.org"}],"note":"Anniversary dinner"}"#,
                [201])
            try post(
                "/v1/me/pockets", #"{"currency":"USD","name":"Grandmother's cottage"}"#, [201])
            try post(
                "/v1/me/links",
                #"{"amount":\#(usd),"currency":"USD","note":"Old rowing friend"}"#, [201, 400])
            // Refusals say what was wrong, and must not say what was right.
            try post("/v1/me/payments", #"{"to":"@person1","amount":"203.0.113.177"}"#, [400])
            try post(
                "/v1/sign-in",
                #"{"identifier":"person0.private@example.org","password":"correct horse batteryy"}"#,
                [401, 400])
            let metrics = try #require(rig.connect().send("GET", "/metrics"))
            #expect(metrics.status == 200 && metrics.text.contains("holdfast_"))
            let planted = PlantedData(Self.planted)
            #expect(planted.findings(in: metrics.text, of: "metrics").isEmpty)
            var connection = try rig.database()
            let search = try planted.findings(inTablesOf: &connection)
            #expect(search.findings.isEmpty, "\(search.findings)")
            for table in ["public.event_batch", "public.audit_entry", "public.person"] {
                #expect(search.rows[table, default: 0] > 0, "\(table): \(search.rows)")
            }
            try connection.execute("CHECKPOINT")
            let (found, bytes) = try planted.findings(inFilesOf: rig.home)
            #expect(found.isEmpty, "\(found)")
            #expect(bytes > 1_000_000)
            // The logs of those who wrote elsewhere, and what is found where it is.
            let log = try String(contentsOfFile: rig.home + ".log", encoding: .utf8)
            #expect(planted.findings(in: log, of: "log").isEmpty)
            let control = try PlantedData(["holdfast-app"]).findings(inFilesOf: rig.home)
            #expect(!control.findings.isEmpty)
        }
    }
}
