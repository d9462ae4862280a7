import PostgreSQL
import Testing

@testable import People
@testable import PersonalWallets
@testable import WalletAPI

/// The connection to the database breaks while something is committed.
@Suite struct OutcomeUnknownTests {
    /// Ends the connection of whoever commits a row of a table.
    private static func breakOff(_ api: TestAPI, table: String) async throws {
        try await api.wallet.queries.transaction { connection throws(PostgreSQLError) in
            try connection.execute(
                """
                CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER break_off AFTER INSERT ON \(table)
                    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break_off();
                """)
        }
    }

    @Test func `what may have been written is told apart from what was not`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            try await Self.breakOff(api, table: "favourite")
            let reply = try await api.mine(ann, "favourites", #"{"payee":"@bob","name":"Rob"}"#)
            #expect(reply.status == 503 && reply.code == "outcome_unknown", "\(reply.text)")
            let list = try await api.ask(ann, "favourites")
            #expect(list.status == 200, "\(list.text)")
        }
    }

    @Test func `a release whose outcome is unknown is told so, too`() async throws {
        try await TestAPI.run(fourEyes: [840: 100]) { api in
            api.engine.decide(700, .hold)
            let payer = try await api.openAccount("payer", funds: "100")
            let payee = try await api.openAccount("payee")
            let held = try await api.post("/v1/transfers", api.payment(payer, payee, "7.00"))
            let id = try #require(held["id"].text)
            try await Self.breakOff(api, table: "release_request")
            let reply = try await api.post("/v1/reviews/\(id)/release", "{}")
            #expect(reply.status == 503 && reply.code == "outcome_unknown", "\(reply.text)")
            #expect(try await api.get("/v1/transfers/\(id)")["state"].text == "held")
        }
    }
}
