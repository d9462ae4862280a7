internal import EventLog
internal import PostgreSQL

extension Transfer {
    /// Reads `LedgerStatements.transferColumns`; nil if a value is none this build knows.
    init?(_ rows: borrowing Rows, _ row: Int) {
        let id = rows.uuid(row, 0)
        let related =
            rows.optionalUUID(row, 9).map { TransferID(high: $0.high, low: $0.low) } ?? .none
        guard let kind = TransferKind(rawValue: UInt8(rows.int(row, 1))),
            let state = TransferState(rawValue: UInt8(rows.int(row, 2))),
            let firstState = TransferState(rawValue: UInt8(rows.int(row, 15)))
        else { return nil }
        self.init(
            id: TransferID(high: id.high, low: id.low), kind: kind, state: state,
            currency: UInt16(rows.int(row, 3)), payer: AccountID(rows.int(row, 4)),
            payee: AccountID(rows.int(row, 5)), amount: rows.int(row, 6),
            captured: rows.int(row, 7),
            refunded: rows.int(row, 8), related: related,
            extraLegs: rows.isNull(row, 22) ? [] : MovementCoding.decode(rows.bytes(row, 22)),
            createdAt: Timestamp(rows.int(row, 10)), createdSequence: Sequence(rows.int(row, 11)),
            decideBy: Timestamp(rows.int(row, 12)), expiresAt: Timestamp(rows.int(row, 13)),
            heldByPolicy: rows.bool(row, 14), firstState: firstState,
            firstAction: DecisionAction(rawValue: UInt8(rows.int(row, 16))),
            firstSequence: Sequence(rows.int(row, 17)),
            action: DecisionAction(rawValue: UInt8(rows.int(row, 18))),
            scoreBits: UInt64(bitPattern: rows.int(row, 19)),
            decisionSequence: Sequence(rows.int(row, 20)),
            lastSequence: Sequence(rows.int(row, 21)),
            spending: rows.isNull(row, 23) ? nil : Spending(stored: rows.bytes(row, 23)))
    }
}

extension TransferID {
    var halves: (UInt64, UInt64)? { self == .none ? nil : (high, low) }
}

/// Legs after the principal's, as the `extra_legs` column keeps them: 25 bytes each.
enum MovementCoding {
    private static let size = 25

    static func encode(_ movements: [Movement]) -> [UInt8]? {
        if movements.isEmpty { return nil }
        return movements.flatMap { movement in
            [movement.role.rawValue]
                + [movement.from.rawValue, movement.to.rawValue, movement.amount].flatMap {
                    withUnsafeBytes(of: $0.bigEndian, Array.init)
                }
        }
    }

    static func decode(_ bytes: [UInt8]) -> [Movement] {
        bytes.withUnsafeBytes { raw in
            stride(from: 0, to: bytes.count - size + 1, by: size).map { start in
                func number(_ index: Int) -> Int64 {
                    Int64(
                        bigEndian: raw.loadUnaligned(
                            fromByteOffset: start + 1 + index * 8, as: Int64.self))
                }
                return Movement(
                    role: LegRole(rawValue: raw[start]) ?? .principal, from: AccountID(number(0)),
                    to: AccountID(number(1)), amount: number(2))
            }
        }
    }
}

/// What a transfer counts towards limits, as the `spending` column keeps it.
enum SpendingCoding {
    static let size = 27

    static func encode(_ spending: Spending?) -> [UInt8]? {
        guard let spending else { return nil }
        var bytes: [UInt8] = []
        for half in [spending.spender.high, spending.spender.low] {
            withUnsafeBytes(of: half.bigEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.append(spending.kind)
        withUnsafeBytes(of: spending.currency.bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: spending.amount.bigEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }
}

extension Spending {
    /// What the `spending` column of a transfer keeps; nil if the bytes are not that.
    public init?(stored bytes: [UInt8]) {
        guard bytes.count == SpendingCoding.size else { return nil }
        self = bytes.withUnsafeBytes { raw in
            func word(_ offset: Int) -> UInt64 {
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
            return Spending(
                spender: TransferID(high: word(0), low: word(8)), kind: raw[16],
                currency: UInt16(
                    bigEndian: raw.loadUnaligned(fromByteOffset: 17, as: UInt16.self)),
                amount: Int64(bitPattern: word(19)))
        }
    }
}
