internal import EventLog
internal import Identity
internal import People
internal import PostgreSQL
internal import Vault

/// What wallets hold of people beside the ledger: part of what they are given, and of what is erased.
struct WalletData: PersonalDataHolding {
    let section = "payments"

    var sealedColumns: [SealedColumn] {
        [
            SealedColumn("pocket", row: "account", owner: "person_id", "name", as: "pocket"),
            SealedColumn("claim", row: "id", owner: "payer_id", "sealed", as: "claim"),
            SealedColumn("money_request", row: "id", owner: "requester_id", "note", as: "request"),
            SealedColumn("favourite", row: "id", owner: "person_id", "name", as: "favourite"),
            SealedColumn("payment_link", row: "id", owner: "person_id", "sealed", as: "link"),
            SealedColumn("payment_link", row: "id", owner: "person_id", "note", as: "link.note"),
        ]
    }

    private static let pockets = Statement(
        "data.pockets",
        """
        SELECT account, currency, name, goal_minor, opened_at, closed_at FROM pocket
        WHERE person_id = $1 ORDER BY opened_at, account
        """)
    private static let claims = Statement(
        "data.claims",
        """
        SELECT id, transfer_id, sealed, currency, amount_minor, state, created_at FROM claim
        WHERE payer_id = $1 ORDER BY created_at, id
        """)
    private static let requests = Statement(
        "data.requests",
        """
        SELECT id, currency, total_minor, note, created_at, expires_at FROM money_request
        WHERE requester_id = $1 ORDER BY created_at, id
        """)
    private static let shares = Statement(
        "data.shares",
        """
        SELECT s.request_id, s.amount_minor, s.state, s.transfer_id, r.currency, s.asked_at
        FROM request_share s JOIN money_request r ON r.id = s.request_id
        WHERE s.payer_id = $1 ORDER BY s.asked_at, s.request_id
        """)
    private static let favourites = Statement(
        "data.favourites",
        "SELECT payee_id, name, created_at FROM favourite WHERE person_id = $1 ORDER BY created_at, id"
    )
    private static let links = Statement(
        "data.links",
        """
        SELECT id, currency, amount_minor, note, uses, created_at FROM payment_link
        WHERE person_id = $1 ORDER BY created_at, id
        """)
    private static let standing = Statement(
        "data.standing",
        """
        SELECT id, payee_id, currency, amount_minor, first_at, occurrence, created_at, ended_at
        FROM standing_payment WHERE person_id = $1 ORDER BY created_at, id
        """)
    private static let blocks = Statement(
        "data.blocks",
        "SELECT blocked_id, created_at FROM block WHERE person_id = $1 ORDER BY created_at")

    /// Amounts are as the ledger counts them, in minor units.
    func export(
        of person: PersonID, under key: DataKey, on connection: inout Connection
    ) throws(PostgreSQLError) -> ExportValue {
        func text(_ sealed: [UInt8]?, _ field: String) -> ExportValue {
            .text(sealed: sealed, as: field, under: key)
        }
        func list(
            _ statement: Statement, _ member: (borrowing Rows, Int) -> ExportValue
        ) throws(PostgreSQLError) -> ExportValue {
            try .list(statement, of: person, on: &connection, member)
        }
        return .members([
            "pockets": try list(Self.pockets) { rows, row in
                .members([
                    "account": .text("\(rows.transfer(row, 0))"),
                    "currency": .text(rows.text(row, 1)),
                    "name": text(rows.bytes(row, 2), "pocket"),
                    "goal_minor": ExportValue.number(rows.optionalInt(row, 3)),
                    "opened_at": .moment(rows.moment(row, 4)),
                    "closed_at": .moment(rows.optionalMoment(row, 5)),
                ])
            },
            "claims": try list(Self.claims) { rows, row in
                .members([
                    "id": .text("\(rows.transfer(row, 0))"),
                    "payment": .text("\(rows.transfer(row, 1))"),
                    "to": text(rows.bytes(row, 2), "claim"), "currency": .text(rows.text(row, 3)),
                    "amount_minor": .number(rows.int(row, 4)),
                    "state": .text(
                        ClaimRow.State(rawValue: Int16(rows.int(row, 5)))?.word ?? ""),
                    "created_at": .moment(rows.moment(row, 6)),
                ])
            },
            "requests": try list(Self.requests) { rows, row in
                .members([
                    "id": .text("\(rows.transfer(row, 0))"), "currency": .text(rows.text(row, 1)),
                    "total_minor": .number(rows.int(row, 2)),
                    "note": text(rows.optionalBytes(row, 3), "request"),
                    "created_at": .moment(rows.moment(row, 4)),
                    "expires_at": .moment(rows.moment(row, 5)),
                ])
            },
            "asked": try list(Self.shares) { rows, row in
                .members([
                    "request": .text("\(rows.transfer(row, 0))"),
                    "amount_minor": .number(rows.int(row, 1)),
                    "state": .text(ShareState(rawValue: Int16(rows.int(row, 2)))?.word ?? ""),
                    "payment": .text(rows.optionalTransfer(row, 3).map { "\($0)" }),
                    "currency": .text(rows.text(row, 4)),
                    "asked_at": .moment(rows.moment(row, 5)),
                ])
            },
            "favourites": try list(Self.favourites) { rows, row in
                .members([
                    "person": .text("\(rows.transfer(row, 0))"),
                    "name": text(rows.bytes(row, 1), "favourite"),
                    "created_at": .moment(rows.moment(row, 2)),
                ])
            },
            "links": try list(Self.links) { rows, row in
                .members([
                    "id": .text("\(rows.transfer(row, 0))"), "currency": .text(rows.text(row, 1)),
                    "amount_minor": ExportValue.number(rows.optionalInt(row, 2)),
                    "note": text(rows.optionalBytes(row, 3), "link.note"),
                    "uses": .number(rows.int(row, 4)), "created_at": .moment(rows.moment(row, 5)),
                ])
            },
            "standing_payments": try list(Self.standing) { rows, row in
                .members([
                    "id": .text("\(rows.transfer(row, 0))"),
                    "payee": .text("\(rows.transfer(row, 1))"),
                    "currency": .text(rows.text(row, 2)),
                    "amount_minor": .number(rows.int(row, 3)),
                    "first_at": .moment(rows.moment(row, 4)), "done": .number(rows.int(row, 5)),
                    "created_at": .moment(rows.moment(row, 6)),
                    "ended_at": .moment(rows.optionalMoment(row, 7)),
                ])
            },
            "blocks": try list(Self.blocks) { rows, row in
                .members([
                    "person": .text("\(rows.transfer(row, 0))"),
                    "since": .moment(rows.moment(row, 1)),
                ])
            },
        ])
    }

    // MARK: - Erasure

    private static let money = Statement(
        "data.money",
        """
        SELECT count(*) FROM (
            SELECT account FROM wallet WHERE person_id = $1
            UNION SELECT account FROM pocket WHERE person_id = $1) own
        JOIN account a ON a.public_id = own.account
        CROSS JOIN LATERAL (SELECT posted, reserved FROM entry WHERE account_id = a.id
            ORDER BY sequence DESC LIMIT 1) e
        WHERE e.posted <> 0 OR e.reserved <> 0
        """)
    private static let openClaims = Statement(
        "data.open_claims", "SELECT count(*) FROM claim WHERE payer_id = $1 AND state = 1")

    func objections(
        to erasure: Erasure, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ErasureObjection] {
        var objections: [ErasureObjection] = []
        let person = Parameters { $0.add(erasure.person) }
        if try connection.query(Self.money, person).int(0, 0) > 0 {
            objections.append(
                ErasureObjection(
                    "wallet_not_empty", "there is money in the wallets, or on its way"))
        }
        if try connection.query(Self.openClaims, person).int(0, 0) > 0 {
            objections.append(
                ErasureObjection(
                    "claims_open", "money that was paid to an address has not been claimed yet"))
        }
        if try ErasureFreezeRow.isUndone(erasure.person, on: &connection) {
            objections.append(.undone)
        }
        return objections
    }

    private static let removals: [Statement] = [
        Statement(
            "data.erase.favourites", "DELETE FROM favourite WHERE person_id = $1 OR payee_id = $1"),
        Statement("data.erase.blocks", "DELETE FROM block WHERE person_id = $1 OR blocked_id = $1"),
        Statement("data.erase.links", "DELETE FROM payment_link WHERE person_id = $1"),
        Statement("data.erase.keys", "DELETE FROM device_key_list WHERE person_id = $1"),
        Statement("data.erase.notes", "DELETE FROM sealed_note WHERE sender_id = $1"),
        Statement(
            "data.erase.acquaintances",
            "DELETE FROM acquaintance WHERE one_id = $1 OR other_id = $1"),
    ]
    private static let endings: [Statement] = [
        Statement(
            "data.erase.standing",
            """
            UPDATE standing_payment SET ended_at = $2, due_at = NULL
            WHERE (person_id = $1 OR payee_id = $1) AND ended_at IS NULL
            """),
        Statement(
            "data.erase.made",
            """
            UPDATE request_share SET state = 5, changed_at = $2 WHERE state = 1 AND request_id IN
                (SELECT id FROM money_request WHERE requester_id = $1)
            """),
        Statement(
            "data.erase.asked",
            "UPDATE request_share SET state = 5, changed_at = $2 WHERE state = 1 AND payer_id = $1"),
    ]

    /// What is sealed under the person's key and belongs to what others see, such as requests, stays sealed for ever.
    func erase(_ erasure: Erasure, on connection: inout Connection) throws(PostgreSQLError) {
        guard try ErasureFreezeRow.finish(erasure.person, on: &connection) else {
            throw .unexpectedResult("not all accounts of somebody who is to be erased are frozen")
        }
        try ContextErasures.ask(for: erasure.person, at: erasure.at, on: &connection)
        for statement in Self.removals {
            _ = try connection.query(statement, Parameters { $0.add(erasure.person) })
        }
        for statement in Self.endings {
            _ = try connection.query(
                statement,
                Parameters {
                    $0.add(erasure.person)
                    $0.add(erasure.at)
                })
        }
    }
}
