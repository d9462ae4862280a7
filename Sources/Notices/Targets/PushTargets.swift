public import EventLog
public import Identity
public import PostgreSQL

/// Where people's devices are reached. All functions work on the caller's connection.
public struct PushTargets: Sendable {
    private let sealing: any NoticeSealing

    /// - Parameter sealing: seals the addresses.
    public init(sealing: any NoticeSealing) { self.sealing = sealing }

    private static let renew = Statement(
        "notices.target.renew",
        """
        UPDATE push_target SET registered_at = $5
        WHERE lookup = $1 AND person_id = $2 AND device_id = $3 AND kind = $4::int
        RETURNING id
        """)
    private static let replace = Statement(
        "notices.target.replace",
        "DELETE FROM push_target WHERE lookup = $1 OR (device_id = $2 AND kind = $3::int)")
    private static let insert = Statement(
        "notices.target.insert",
        """
        INSERT INTO push_target
            (id, person_id, device_id, kind, lookup, sealed, registered_at, last_used_at)
        VALUES ($1, $2, $3, $4::int, $5, $6, $7, $7)
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let removeOfDevice = Statement(
        "notices.target.remove_device", "DELETE FROM push_target WHERE device_id = $1")
    private static let removeOfPerson = Statement(
        "notices.target.remove_person", "DELETE FROM push_target WHERE person_id = $1")
    private static let ofPeople = Statement(
        "notices.targets",
        "SELECT person_id, kind, id FROM push_target WHERE person_id = ANY($1::uuid[])")
    private static let ofPerson = Statement(
        "notices.targets_of_person",
        """
        SELECT id, device_id, kind, registered_at, last_used_at FROM push_target
        WHERE person_id = $1 ORDER BY registered_at, id
        """)
    private static let used = Statement(
        "notices.target.used", "UPDATE push_target SET last_used_at = $2 WHERE id = $1")
    private static let gone = Statement(
        "notices.target.gone",
        "DELETE FROM push_target WHERE id = $1 AND registered_at <= $2")

    /// A target without its address.
    public struct Listed: Sendable, Equatable {
        /// Which one.
        public let id: PushTargetID
        /// Whose device it is on.
        public let device: DeviceID
        /// Which channel leads there.
        public let channel: NoticeChannel
        /// When the device last said that this is its address.
        public let registeredAt: Timestamp
        /// When something last arrived there.
        public let lastUsedAt: Timestamp
    }

    /// A device says at which address it is reached; what it said before of the same channel holds no longer. An address
    /// that somebody else had is taken from them: a device tells its notices to whoever uses it now. Call it in a
    /// transaction.
    ///
    /// - Returns: nil if the person was erased, or if the same address is being registered by somebody else right now.
    public func register(
        _ address: PushAddress, of person: PersonID, on device: DeviceID, at now: Timestamp,
        in connection: inout Connection
    ) throws(PostgreSQLError) -> PushTargetID? {
        let kind = Int32(address.channel.rawValue)
        let lookup = sealing.index(of: address.identity, kind: address.channel.word)
        let known = try connection.query(
            Self.renew,
            Parameters {
                $0.add(lookup)
                $0.add(person)
                $0.add(device)
                $0.add(kind)
                $0.add(now)
            })
        if !known.isEmpty, address.hasOnlyIdentity { return known.identifier(0, 0) }
        let id = PushTargetID(at: now)
        guard
            let sealed = try sealing.seal(
                address.encoded, for: person, as: id.sealedField, on: &connection)
        else { return nil }
        _ = try connection.query(
            Self.replace,
            Parameters {
                $0.add(lookup)
                $0.add(device)
                $0.add(kind)
            })
        let rows = try connection.query(
            Self.insert,
            Parameters {
                $0.add(id)
                $0.add(person)
                $0.add(device)
                $0.add(kind)
                $0.add(lookup)
                $0.add(sealed)
                $0.add(now)
            })
        return rows.isEmpty ? nil : id
    }

    /// A device is reached no more: its person signed out of it.
    public static func remove(
        device: DeviceID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(removeOfDevice, Parameters { $0.add(device) })
    }

    /// None of a person's devices is reached any more.
    public static func removeAll(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(removeOfPerson, Parameters { $0.add(person) })
    }

    /// A person's targets, the oldest first.
    public static func all(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [Listed] {
        let rows = try connection.query(ofPerson, Parameters { $0.add(person) })
        var targets: [Listed] = []
        for row in 0..<rows.count {
            guard let channel = rows.channel(row, 2) else { continue }
            targets.append(
                Listed(
                    id: rows.identifier(row, 0), device: rows.identifier(row, 1),
                    channel: channel, registeredAt: rows.moment(row, 3),
                    lastUsedAt: rows.moment(row, 4)))
        }
        return targets
    }

    /// The targets of several people, by channel.
    static func all(
        of people: [PersonID], on connection: inout Connection
    ) throws(PostgreSQLError) -> [PersonID: [(NoticeChannel, PushTargetID)]] {
        let rows = try connection.query(ofPeople, Parameters { $0.addIdentifiers(people) })
        var targets: [PersonID: [(NoticeChannel, PushTargetID)]] = [:]
        for row in 0..<rows.count {
            guard let channel = rows.channel(row, 1) else { continue }
            targets[rows.identifier(row, 0), default: []].append((channel, rows.identifier(row, 2)))
        }
        return targets
    }

    /// Something arrived there.
    static func use(
        _ id: PushTargetID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            used,
            Parameters {
                $0.add(id)
                $0.add(now)
            })
    }

    /// Its provider knows it no more, since then; what was registered later is another device's.
    static func remove(
        _ id: PushTargetID, goneSince moment: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            gone,
            Parameters {
                $0.add(id)
                $0.add(moment)
            })
    }
}

extension PushAddress {
    /// Whether there is nothing to it beside what tells it from others: a browser may keep its endpoint and change its
    /// keys.
    fileprivate var hasOnlyIdentity: Bool {
        if case .webPush = self { false } else { true }
    }
}
