import AuditTrail
import Identity
import PostgreSQL
import Synchronization
import TestCluster
import TestNotices
import Testing
import Vault

@testable import People

@Suite struct RotationTests {
    private static let old = TestPeople.oldKey
    private static let new = TestPeople.newKey

    /// Keyrings while the key is replaced: at first the new one is only known, then it wraps.
    private static let before = Keyring(current: old, older: [new])
    private static let after = Keyring(current: new, older: [old])
    private static let alone = Keyring(current: new)

    private static func registerMany(_ count: Int, _ test: TestPeople) async throws -> [PersonID] {
        var people: [PersonID] = []
        for number in 0..<count {
            people.append(
                try await test.register(
                    "p\(number)@example.org", name: "Person \(number)", handle: "person\(number)",
                    number: number, by: test.people))
        }
        return people
    }

    /// What somebody did again and again while keys were wrapped anew.
    private struct Load: Sendable {
        var profiles: [PersonID: String] = [:]
        var registered: [PersonID] = []
        var rounds = 0
    }

    /// Changes profiles, signs in and registers until told to stop. `people` are this load's own.
    private static func work(
        _ number: Int, on people: [(id: PersonID, email: String)], by process: People,
        _ test: TestPeople, until isEnough: Count
    ) async throws -> Load {
        var load = Load()
        while isEnough.value == 0 || load.rounds < 6 {
            let somebody = people[load.rounds % people.count]
            let name = "Name \(number) \(load.rounds)"
            try await process.setProfile(
                somebody.id, name: name, handle: Handle("h\(number)_\(load.rounds)"))
            load.profiles[somebody.id] = name
            let signIn = try await process.signIn(
                somebody.email, password: TestPeople.password,
                device: .init(id: nil, name: "Phone"), from: "10.2.0.\(number)")
            let granted = try await process.exchange(
                code: try await authorized(signIn, by: process),
                redirectURI: TestPeople.redirectURI, verifier: TestPeople.verifier,
                by: TestPeople.app)
            _ = try await process.refresh(
                try #require(granted.refreshToken), scope: nil, by: TestPeople.app)
            let id = 1_000_000 * (number + 1) + load.rounds
            load.registered.append(
                try await test.register(
                    "new\(id)@example.org", name: "New \(id)", handle: "new\(id)", number: id,
                    by: process))
            load.rounds += 1
        }
        return load
    }

    private static func authorized(
        _ signIn: People.SignIn, by process: People
    ) async throws -> String {
        let answer = try await process.authorize(TestPeople.request(), signIn: signIn.secret)
        guard case .redirect(let location) = answer else { throw KeptNotices.Missing() }
        return try #require(TestPeople.parameters(location)["code"])
    }

    @Test
    func
        `while people register, sign in and change their names, keys are wrapped anew, and nothing is lost`()
        async throws
    {
        try await TestPeople.run({ $0.keyring = Self.before }) { test in
            let people = try await Self.registerMany(24, test)
            let emails = people.enumerated().map { ($1, "p\($0)@example.org") }
            let token = try await test.tokens("p0@example.org").accessToken
            // Somebody whose code is under way.
            let pending = try await test.people.register(
                .init(
                    contact: try #require(ContactPoint(email: "late@example.org")),
                    password: TestPeople.password, name: "Late", handle: nil), from: "10.3.0.1")

            let isEnough = Count()
            let loads = try await test.process(Self.after) { (new: People) async throws in
                try await withThrowingTaskGroup(of: Load?.self) { group in
                    // Some processes have the old keyring still, some the new one.
                    for number in 0..<4 {
                        let own = emails.enumerated().filter { $0.offset % 4 == number }
                            .map { (id: $0.element.0, email: $0.element.1) }
                        let process = number % 2 == 0 ? test.people : new
                        group.addTask {
                            try await Self.work(
                                number, on: own, by: process, test, until: isEnough)
                        }
                    }
                    group.addTask {
                        // Those that still wrap with the old key would keep it busy for ever.
                        let report = try await new.rewrapKeys(by: "operator", pageSize: 3) {
                            if $0.done > 40 { isEnough.increment() }
                        }
                        #expect(report.rewrapped > 20 && report.unopenedCount == 0)
                        isEnough.increment()
                        return nil
                    }
                    var loads: [Load] = []
                    for try await load in group { if let load { loads.append(load) } }
                    return loads
                }
            }
            // Once nobody wraps with the old key any more, the rest follows.
            try await test.process(Self.after) { (new: People) async throws in
                let counts = try await new.wrappedKeys()
                let rest = counts[Self.old.id] ?? 0
                let report = try await new.rewrapKeys(by: "operator")
                #expect(report.isComplete && report.rewrapped == rest, "\(counts) \(report)")
            }
            try await test.process(Self.alone) { (alone: People) async throws in
                #expect(try await alone.wrappedKeys().keys.sorted() == [Self.new.id])
                let check = try await alone.checkSealedData(pageSize: 7)
                #expect(check.isWhole, "\(check.unopened)")
                let registered = loads.flatMap(\.registered)
                #expect(check.keys >= Int64(people.count + registered.count + 2))
                for (id, name) in loads.flatMap(\.profiles) {
                    #expect(try await alone.view(id).profile.name == name)
                }
                for id in people + registered {
                    let view = try await alone.view(id)
                    #expect(view.contacts.count == 1 && view.profile.name != nil)
                }
                // What was signed before is good, what was sent before is taken.
                #expect(try await alone.tokens.bearer(of: token)?.person == people[0])
                let late = try await alone.confirmRegistration(
                    pending.verification, code: try await test.code(of: pending))
                #expect(try await alone.view(late).profile.name == "Late")
            }
        }
    }

    @Test func `a walk that is stopped half-way is taken up by another, and the log tells of both`()
        async throws
    {
        try await TestPeople.run { test in
            let people = try await Self.registerMany(10, test)
            _ = try await test.tokens("p0@example.org")
            let counts = try await test.people.wrappedKeys()
            let total = try #require(counts[Self.old.id])
            // Theirs, those of the codes that they were sent, and one that signs.
            #expect(counts.count == 1 && total == 2 * Int64(people.count) + 1)

            // Cancelled, in the middle of the first pass.
            let first = try await test.process(Self.after) { (process: People) async throws in
                let told = Mutex<[KeyProgress]>([])
                let task = Task {
                    try await process.rewrapKeys(by: "operator", pageSize: 2) { progress in
                        told.withLock { $0.append(progress) }
                        if progress.done >= 4 { withUnsafeCurrentTask { $0?.cancel() } }
                    }
                }
                let report = try await task.value
                #expect(told.withLock { $0.map(\.done) } == [2, 4])
                #expect(told.withLock { $0.allSatisfy { $0.total == total } })
                return report
            }
            #expect(first.rewrapped == 4 && first.remaining == total - 4 && !first.isComplete)
            // Both keys are needed, and with both everything opens.
            try await test.process(Self.after) { (process: People) async throws in
                #expect(
                    try await process.wrappedKeys() == [
                        Self.old.id: total - 4, Self.new.id: 4,
                    ])
                #expect(try await process.checkSealedData().isWhole)
            }

            // The key is out of reach from the third row on: what was done stays, this page is not.
            let wraps = Count()
            let failing = MeddlingKey(key: Self.new) { _ throws(VaultError) in
                if wraps.increment() > 3 {
                    throw .unavailable("it was switched off")
                }
            }
            let refused = try await test.process(
                Keyring(current: failing, older: [Self.old])
            ) { (process: People) async throws in
                await refusal { _ = try await process.rewrapKeys(by: "operator", pageSize: 2) }
            }
            #expect(refused == "unavailable")

            // Its connection is cut within a page: this is done again, or else all that is left when it is begun again.
            let database = test.database
            let cuts = Count()
            let cutting = MeddlingKey(key: Self.new) { _ throws(VaultError) in
                guard cuts.increment() == 1 else { return }
                do {
                    var connection = try Connection(database)
                    try connection.execute(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                            AND state = 'idle in transaction'
                        """)
                } catch { throw .unavailable("\(error)") }
            }
            try await test.process(Keyring(current: cutting, older: [Self.old])) {
                (process: People) async throws in
                let cut = await refusal {
                    _ = try await process.rewrapKeys(by: "operator", pageSize: 2)
                }
                #expect(cuts.value > 0 && (cut == nil || cut == "unavailable"))
                let last = try await process.rewrapKeys(by: "operator", pageSize: 2)
                #expect(last.isComplete && last.rewrapped == (cut == nil ? 0 : total - 6))
            }
            // Once more changes nothing.
            try await test.process(Self.after) { (process: People) async throws in
                let again = try await process.rewrapKeys(by: "operator")
                #expect(again == Rewrapping())
            }
            try await test.process(Self.alone) { (process: People) async throws in
                #expect(try await process.checkSealedData().isWhole)
                for id in people { _ = try await process.view(id) }
            }

            let entries = try await OwnThread.run {
                var connection = try Connection(database)
                return try AuditLog.entries(from: 0, limit: 1_000, &connection)
            }
            let told = entries.map(\.record).filter { $0.act.rawValue.hasPrefix("key.rewrapping") }
            #expect(told.allSatisfy { $0.actor == "operator" })
            #expect(told.allSatisfy { $0.subject == Self.new.id })
            let numbers = told.map { $0.detail("keys") ?? $0.detail("remaining") }
            // Begun and cancelled; begun and failed; begun and cut; begun and done; twice nothing to do.
            #expect(
                numbers.prefix(4) == [
                    "\(total)", "\(total - 4)", "\(total - 4)", "\(total - 6)",
                ])
            #expect(numbers.suffix(3) == ["0", "0", "0"])
        }
    }

    @Test func `what changed between reading and writing is not overwritten, and nobody waits`()
        async throws
    {
        try await TestPeople.run { test in
            let people = try await Self.registerMany(4, test)
            let database = test.database
            let (replaced, erased, held) = ("\(people[0])", "\(people[1])", "\(people[2])")
            // While the first one's key is wrapped, another process wraps it, too, and in other bytes.
            let other = Self.after
            let old = Self.old
            let kept = Mutex<[UInt8]>([])
            let meddled = Mutex<Set<String>>([])
            let meddling = MeddlingKey(key: Self.new) { owner throws(VaultError) in
                guard meddled.withLock({ $0.insert(owner).inserted }) else { return }
                do {
                    var connection = try Connection(database)
                    if owner == replaced {
                        let key = try connection.query(
                            Statement("key", "SELECT data_key FROM person WHERE id = '\(owner)'")
                        )
                        .bytes(0, 0)
                        let data = try other.unwrap(
                            WrappedKey(masterKey: old.id, bytes: key), for: owner)
                        let wrapped = try other.wrap(data, for: owner)
                        _ = try connection.query(
                            Statement(
                                "set",
                                """
                                UPDATE person SET master_key = $1, data_key = $2
                                WHERE id = '\(owner)'
                                """),
                            Parameters {
                                $0.add(wrapped.masterKey)
                                $0.add(wrapped.bytes)
                            })
                        kept.withLock { $0 = wrapped.bytes }
                    } else if owner == erased {
                        try connection.execute(
                            """
                            UPDATE person SET master_key = NULL, data_key = NULL, profile = NULL
                            WHERE id = '\(owner)'
                            """)
                    }
                } catch { throw .unavailable("\(error)") }
            }
            // Somebody holds a row until the first pass over the others is through.
            let holding = try await Holding(held, database)
            let report = try await test.process(
                Keyring(current: meddling, older: [old])
            ) { (process: People) async throws in
                try await process.rewrapKeys(by: "operator") { progress in
                    // Of four people one was replaced, one erased and one is held.
                    if progress.done >= 1 { holding.letGo() }
                }
            }
            // Two people's, and those of four codes that were sent.
            #expect(report.isComplete && report.rewrapped == 2 + 4, "\(report)")
            #expect(
                try await test.number(
                    "SELECT count(*) FROM person WHERE data_key IS NULL AND id = '\(erased)'") == 1)
            let bytes = try await OwnThread.run {
                var connection = try Connection(database)
                return try connection.query(
                    Statement("key", "SELECT data_key FROM person WHERE id = '\(replaced)'")
                ).bytes(0, 0)
            }
            #expect(bytes == kept.withLock { $0 })
            try await test.process(Self.alone) { (process: People) async throws in
                #expect(try await process.checkSealedData().unopened.map(\.column) == [])
                for id in [people[0], people[2], people[3]] { _ = try await process.view(id) }
            }
        }
    }

    /// Another connection that holds a person's row until it is told to let go.
    private final class Holding: Sendable {
        private let isDone = Count()

        init(_ id: String, _ database: String) async throws {
            try await withCheckedThrowingContinuation {
                (started: CheckedContinuation<Void, any Error>) in
                Task {
                    try await OwnThread.run {
                        do {
                            var connection = try Connection(database)
                            try connection.execute("BEGIN")
                            try connection.execute(
                                "SELECT 1 FROM person WHERE id = '\(id)' FOR UPDATE")
                            started.resume()
                            while self.isDone.value == 0 {
                                try? connection.execute("SELECT pg_sleep(0.005)")
                            }
                            try? connection.execute("COMMIT")
                        } catch { started.resume(throwing: error) }
                    }
                }
            }
        }

        func letGo() { isDone.increment() }
    }

    @Test func `two walks at once do each key once`() async throws {
        try await TestPeople.run { test in
            _ = try await Self.registerMany(12, test)
            let total = try await test.people.wrappedKeys().values.reduce(0, +)
            let keyring = Self.after
            let reports = try await withThrowingTaskGroup(of: Rewrapping.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await test.process(keyring) {
                            try await $0.rewrapKeys(by: "operator", pageSize: 2)
                        }
                    }
                }
                var reports: [Rewrapping] = []
                for try await report in group { reports.append(report) }
                return reports
            }
            #expect(reports.reduce(0) { $0 + $1.rewrapped } == total)
            try await test.process(Self.alone) { (process: People) async throws in
                #expect(try await process.checkSealedData().isWhole)
            }
        }
    }

    @Test func `what does not open is named, and keeps nothing else from being wrapped anew`()
        async throws
    {
        try await TestPeople.run { test in
            test.people.add(FavouriteHolder())
            let people = try await Self.registerMany(5, test)
            _ = try await test.tokens("p0@example.org")
            try await FavouriteHolder.add("Granny", of: people[0], paying: people[1], in: test)
            let whole = try await test.people.checkSealedData()
            #expect(whole.isWhole && whole.keys == 5 + 5 + 1)
            // Profiles, contacts, codes sent, a signing key, a favourite, and a device, beside what stands for it in
            // sign-ins and what was told of it.
            #expect(whole.values == 5 + 5 + 5 + 1 + 1 + 4)
            // One key is of somebody else, one of a master key that nobody has; the others are damaged.
            try await test.execute(
                """
                UPDATE person SET data_key = (SELECT data_key FROM person WHERE id = '\(people[0])')
                    WHERE id = '\(people[1])';
                UPDATE person SET master_key = 'ffffffffffffffff' WHERE id = '\(people[2])';
                UPDATE contact SET sealed = sealed || '\\x00' WHERE person_id = '\(people[3])';
                UPDATE favourite SET name = '\\x00';
                UPDATE notice SET sealed = '\\x00' WHERE person_id IS NOT NULL;
                UPDATE notice SET sealed = '\\x0102'
                    WHERE id = (SELECT min(id::text)::uuid FROM notice WHERE person_id IS NULL);
                """)
            let check = try await test.people.checkSealedData(pageSize: 2)
            #expect(check.unopenedCount == 6 && !check.isWhole)
            #expect(
                check.unopened.map(\.column).sorted() == [
                    "contact.sealed", "favourite.name", "notice.sealed", "notice.sealed",
                    "person.data_key", "person.data_key",
                ])
            #expect(try await test.people.checkSealedData(findingLimit: 1).unopened.count == 1)
            try await test.process(Self.after) { (process: People) async throws in
                let report = try await process.rewrapKeys(by: "operator", pageSize: 2)
                #expect(report.rewrapped == 3 + 4 + 1 && report.remaining == 3)
                #expect(!report.isComplete && report.unopenedCount == 3)
                #expect(
                    Set(report.unopened.map(\.row)).isSuperset(of: people[1...2].map { "\($0)" }))
            }
        }
    }

    @Test func `every table with wrapped keys is walked over`() async throws {
        let database = try await TestCluster.newDatabase()
        let tables = try await OwnThread.run {
            var connection = try Connection(database)
            let rows = try connection.query(
                Statement(
                    "tables",
                    """
                    SELECT DISTINCT table_name::text FROM information_schema.columns
                    WHERE column_name IN ('master_key', 'data_key') AND table_schema = 'public'
                    """))
            return Set((0..<rows.count).map { rows.text($0, 0) })
        }
        // Notices to nobody that is known have theirs in the column of what they seal.
        #expect(tables.union(["notice"]) == Set(WrappedKeyPlaces.all.map(\.name)))
    }
}
