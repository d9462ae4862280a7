import AuditTrail
import Cryptography
import EventLog
import Identity
import PostgreSQL
import TestCluster
import TestPlantedData
import Testing
import Vault

@testable import People
@testable import TestAuthenticator

@Suite struct ErasureTests {
    /// Rows of a person in all tables that name one, and how many there are.
    private static func rows(
        of person: PersonID, _ test: TestPeople
    ) async throws -> [String: Int64] {
        let tables = [
            "contact", "verification", "recovery_code", "passkey", "passkey_challenge", "sign_in",
            "authorization_code", "favourite", "device", "session", "wallet", "notice",
            "notice_feed", "notice_preference", "push_target",
        ]
        var counts: [String: Int64] = [:]
        for table in tables {
            counts[table] = try await test.number(
                "SELECT count(*) FROM \(table) WHERE person_id = '\(person)'")
        }
        return counts.filter { $0.value > 0 }
    }

    @Test func `of an erased person nothing is left but who they were to the ledger`() async throws
    {
        let logged = LoggedLines()
        try await TestPeople.run(logger: logged.logger()) { test in
            let people = test.people
            people.add(FavouriteHolder())
            let ann = try await Planted.register("anneliese", in: test)
            let bob = try await Planted.register("bartholomew", in: test)
            try await FavouriteHolder.add(ann.words.favourite, of: ann.id, paying: bob.id, in: test)
            try await FavouriteHolder.add(bob.words.favourite, of: bob.id, paying: ann.id, in: test)
            let key = try await people.wrapped(of: ann.id, on: test.database)
            // All kinds of things are under way.
            let waiting = try await people.signIn(
                ann.words.handle, password: ann.words.password,
                device: .init(id: nil, name: ann.words.device), from: "10.0.0.1")
            let question = try await people.askPasskey(signIn: nil)
            _ = try await people.askPasskey(stepUpOf: ann.id)
            let reset = try await people.beginPasswordReset(
                try #require(ContactPoint(ann.words.email)), from: "10.0.0.1")
            let resetCode = try await test.code(of: reset)

            try await people.erase(ann.id, by: "\(ann.id)")

            #expect(
                try await Self.rows(of: ann.id, test) == ["device": 1, "session": 1, "wallet": 1])
            #expect(
                try await test.number(
                    """
                    SELECT count(*) FROM person WHERE id = '\(ann.id)' AND data_key IS NULL
                        AND master_key IS NULL AND profile IS NULL AND handle IS NULL
                        AND password IS NULL AND totp IS NULL AND totp_confirmed_at IS NULL
                        AND password_at = created_at AND role = 1
                        AND erased_at = \(test.clock.now.rawValue)
                    """) == 1)
            #expect(
                try await test.number(
                    "SELECT sum(octet_length(name)) FROM device WHERE person_id = '\(ann.id)'") == 0
            )

            // Tokens stop at once.
            #expect(people.tokens.known(ann.granted.accessToken) == nil)
            #expect(try await people.tokens.bearer(of: ann.granted.accessToken) == nil)
            let refreshed = await refusal {
                _ = try await people.refresh(
                    try #require(ann.granted.refreshToken), scope: nil, by: TestPeople.app)
            }
            #expect(refreshed == "invalid_grant")
            #expect(
                await refusal { try await people.requireFresh(ann.session, of: ann.id) }
                    == "session_ended")

            // Nobody is found, opened or signed in, and the answers are those for somebody who never was.
            let device = People.DeviceClaim(id: nil, name: "Another")
            for (name, unknown) in [
                (ann.words.email, "nobody@planted.example"), (ann.words.handle, "nobody_here"),
            ] {
                var codes: [String?] = []
                for name in [name, unknown] {
                    codes.append(
                        await refusal {
                            _ = try await people.signIn(
                                name, password: ann.words.password, device: device,
                                from: "10.0.0.2")
                        })
                }
                #expect(codes == ["wrong_credentials", "wrong_credentials"])
            }
            let answer = try ann.answer(to: question)
            let byPasskey = await refusal {
                _ = try await people.signIn(
                    nil, question.id, passkey: answer, device: device)
            }
            #expect(byPasskey == "wrong_passkey")
            let goesOn = await refusal {
                _ = try await people.signIn(waiting.secret, with: .timeBasedCode("123456"))
            }
            #expect(goesOn == "sign_in_required")
            let resets = await refusal {
                try await people.resetPassword(
                    reset.verification, code: resetCode, password: "a quite different one",
                    factor: nil)
            }
            #expect(resets == "wrong_code")
            #expect(
                try await people.person(at: try #require(ContactPoint(ann.words.email))) == nil)
            #expect(
                try await people.person(called: try #require(Handle(ann.words.handle))) == nil)
            #expect(Array(try await people.cards(of: [ann.id, bob.id]).keys) == [bob.id])
            for refused in [
                await refusal { _ = try await people.view(ann.id) },
                await refusal { _ = try await people.export(of: ann.id) },
                await refusal { _ = try await people.objections(toErasing: ann.id) },
                await refusal { try await people.setProfile(ann.id, name: "A", handle: nil) },
                await refusal {
                    try await people.setRole(.supervisor, of: ann.id, by: "operator")
                },
            ] {
                #expect(refused == "unknown_person")
            }
            let database = test.database
            try await OwnThread.run {
                var connection = try Connection(database)
                #expect(try people.key(of: ann.id, on: &connection) == nil)
                #expect(try !people.exists(ann.id, on: &connection))
            }

            // Once more changes nothing, and tells nothing.
            let size = try await test.number("SELECT size FROM audit_head")
            try await people.erase(ann.id, by: "operator")
            #expect(try await test.number("SELECT size FROM audit_head") == size)

            // The log is whole, and tells of it.
            let (report, last) = try await OwnThread.run {
                var connection = try Connection(database)
                return (
                    try AuditVerifier.run(&connection, keys: []),
                    try AuditLog.entries(naming: ["\(ann.id)"], from: 0, limit: 100, &connection)
                        .last { $0.record.act == .personErased }
                )
            }
            #expect(report.isWhole)
            #expect(last?.record.outcome == .succeeded && last?.record.actor == "\(ann.id)")

            // Two days later the rest is gone, too; what the ledger refers to stays.
            test.clock.advance(2 * 86_400 + 1)
            try await people.sweep()
            #expect(try await Self.rows(of: ann.id, test) == ["wallet": 1])
            #expect(
                try await test.number(
                    "SELECT count(*) FROM refresh_token t LEFT JOIN session s ON s.id = session_id "
                        + "WHERE s.person_id IS DISTINCT FROM '\(bob.id)'") == 0)
            #expect(try await people.view(bob.id).profile.handle == bob.words.handle)
            #expect(try await people.checkSealedData().isWhole)

            // Nothing of either was ever anywhere, and Ann's key is in no table any more.
            let planted = PlantedData(ann.words.all + bob.words.all)
            let search = try await OwnThread.run {
                var connection = try Connection(database)
                return try planted.findings(inTablesOf: &connection)
            }
            #expect(search.findings == [])
            #expect((search.rows["public.person"] ?? 0) == 2 && search.rows.count > 30)
            let wrapped = PlantedData([Hexadecimal.encode(key)])
            let keys = try await OwnThread.run {
                var connection = try Connection(database)
                return try wrapped.findings(inTablesOf: &connection)
            }
            #expect(keys.findings == [])
            // What the server says of what it refuses is logged, too.
            let refused = await refusal {
                try await people.enact {
                    connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
                    try connection.execute("INSERT INTO contact SELECT * FROM contact")
                    return .success(())
                }
            }
            #expect(refused == "unavailable" && !logged.lines.isEmpty)
            #expect(planted.findings(inLines: logged.lines) == [])
        }
    }

    @Test func `what the server wrote to disk has no word of anybody`() async throws {
        try await TestPeople.run { test in
            let people = test.people
            people.add(FavouriteHolder())
            let ann = try await Planted.register("clementine", in: test)
            try await FavouriteHolder.add(ann.words.favourite, of: ann.id, paying: ann.id, in: test)
            // So that it is known that something would be found.
            let control = "control word \(ann.id)"
            try await test.execute("CREATE TABLE control (t text)")
            try await test.execute("INSERT INTO control VALUES ('\(control)')")
            try await people.erase(ann.id, by: "operator")
            try await people.sweep()
            try await test.execute("CHECKPOINT")
            let folder = try await TestCluster.run { $0.folder }
            let (found, bytes) = try await OwnThread.run {
                try PlantedData(ann.words.all + [control]).findings(inFilesOf: folder)
            }
            #expect(bytes > 10_000_000)
            #expect(Set(found.map(\.planted)) == [control], "\(found)")
        }
    }

    @Test func `a handle and a contact of an erased person are free, and what was theirs is not`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await Planted.register("anneliese", in: test)
            try await test.people.erase(ann.id, by: "operator")
            let pending = try await test.people.register(
                .init(
                    contact: try #require(ContactPoint(email: ann.words.email)),
                    password: TestPeople.password, name: "Somebody else",
                    handle: Handle(ann.words.handle)), from: "10.0.0.3")
            let other = try await test.people.confirmRegistration(
                pending.verification, code: try await test.code(of: pending))
            #expect(other != ann.id)
            let view = try await test.people.view(other)
            #expect(view.profile == Profile(name: "Somebody else", handle: ann.words.handle))
            #expect(view.contacts.map(\.point.text) == [ann.words.email])
            #expect(try await test.people.sessions(of: other).isEmpty)
            #expect(try await test.people.wallets(of: other).isEmpty)
            // With the password of before nobody is let in.
            let refused = await refusal {
                _ = try await test.signIn(ann.words.email, password: ann.words.password)
            }
            #expect(refused == "wrong_credentials")
            _ = try await test.tokens(ann.words.handle)
        }
    }

    @Test func `what stands against it is told, and changes nothing`() async throws {
        try await TestPeople.run { test in
            test.people.add(FavouriteHolder())
            let ann = try await Planted.register("anneliese", in: test)
            try await FavouriteHolder.add(ann.words.favourite, of: ann.id, paying: ann.id, in: test)
            #expect(try await test.people.objections(toErasing: ann.id) == [])
            try await test.execute(
                """
                INSERT INTO pocket (account, person_id, currency, name, opened_at)
                VALUES (gen_random_uuid(), '\(ann.id)', 'EUR', '\\x00', 0)
                """)
            #expect(
                try await test.people.objections(toErasing: ann.id).map(\.code) == ["pocket_open"])
            let rows = try await Self.rows(of: ann.id, test)
            do throws(PeopleError) {
                try await test.people.erase(ann.id, by: "\(ann.id)")
                Issue.record("it was erased")
            } catch {
                #expect(error.code == "erasure_refused" && error.kind == .conflict)
                #expect(error.detail == "close your pockets first")
                // What the audit log is to know of it.
                #expect(error.facts.act == .personErased && error.facts.cause == "pocket_open")
            }
            #expect(try await Self.rows(of: ann.id, test) == rows)
            #expect(try await test.people.view(ann.id).profile.name == ann.words.name)
            #expect(test.people.tokens.known(ann.granted.accessToken) != nil)

            try await test.execute("UPDATE pocket SET closed_at = 1")
            try await test.people.erase(ann.id, by: "\(ann.id)")
            #expect(try await Self.rows(of: ann.id, test)["favourite"] == nil)
            let nobody = PersonID(at: test.clock.now)
            #expect(
                await refusal { try await test.people.erase(nobody, by: "operator") }
                    == "unknown_person")
        }
    }

    @Test func `whoever signs in, refreshes and changes things meanwhile keeps nothing`()
        async throws
    {
        try await TestPeople.run { test in
            for round in 0..<4 {
                let email = "busy\(round)@example.org"
                let person = try await test.register(
                    email, name: "Busy", handle: "busy\(round)", number: round, by: test.people)
                let running = Count()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            // Until it is refused: by then the person is erased.
                            while true {
                                do {
                                    var granted = try await test.tokens(email)
                                    for _ in 0..<3 {
                                        running.increment()
                                        granted = try await test.people.refresh(
                                            try #require(granted.refreshToken), scope: nil,
                                            by: TestPeople.app)
                                    }
                                    let session = try #require(
                                        try await test.people.tokens.bearer(
                                            of: granted.accessToken)?.session)
                                    try await test.people.changePassword(
                                        to: TestPeople.password, of: person, keeping: session)
                                } catch let error as PeopleError
                                    where error.kind == .tooMany || error.kind == .unavailable
                                {
                                    Issue.record("\(error)")
                                    return
                                } catch {
                                    let isErased = try await test.number(
                                        """
                                        SELECT count(*) FROM person WHERE id = '\(person)'
                                            AND erased_at IS NOT NULL
                                        """)
                                    if isErased == 1 { return }
                                }
                            }
                        }
                    }
                    group.addTask {
                        while running.value < 10 { try await Task.sleep(for: .milliseconds(2)) }
                        try await test.people.erase(person, by: "operator")
                    }
                    try await group.waitForAll()
                }
                #expect(
                    try await test.number(
                        """
                        SELECT count(*) FROM session WHERE person_id = '\(person)'
                            AND ended_at IS NULL
                        """) == 0)
                #expect(
                    try await test.number(
                        """
                        SELECT count(*) FROM person WHERE id = '\(person)' AND password IS NULL
                            AND data_key IS NULL
                        """) == 1)
            }
            test.clock.advance(3 * 86_400)
            try await test.people.sweep()
            for table in ["session", "device", "sign_in", "authorization_code", "refresh_token"] {
                #expect(try await test.number("SELECT count(*) FROM \(table)") == 0)
            }
        }
    }
}

extension Planted {
    /// What the person's authenticator answers.
    fileprivate func answer(to question: People.PasskeyQuestion) throws -> [UInt8] {
        var authenticator = authenticator
        authenticator.challenge = try Self.challenge(question)
        authenticator.signCount += 1
        return Array(try authenticator.assertionJSON().utf8)
    }
}

extension People {
    /// A person's key, as it is kept.
    fileprivate func wrapped(of person: PersonID, on database: String) async throws -> [UInt8] {
        try await OwnThread.run {
            var connection = try Connection(database)
            return try #require(try PersonRow.find(person, on: &connection)?.key).bytes
        }
    }
}
