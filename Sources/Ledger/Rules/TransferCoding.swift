internal import EventLog

/// A transfer, but for its further legs, as whole numbers in a fixed order.
enum TransferCoding {
    static let count = 24

    static func numbers(of transfer: Transfer) -> [Int64] {
        [
            Int64(bitPattern: transfer.id.high), Int64(bitPattern: transfer.id.low),
            Int64(transfer.kind.rawValue), Int64(transfer.state.rawValue), Int64(transfer.currency),
            transfer.payer.rawValue, transfer.payee.rawValue, transfer.amount, transfer.captured,
            transfer.refunded, Int64(bitPattern: transfer.related.high),
            Int64(bitPattern: transfer.related.low), transfer.createdAt.rawValue,
            transfer.createdSequence.rawValue, transfer.decideBy.rawValue,
            transfer.expiresAt.rawValue,
            transfer.heldByPolicy ? 1 : 0, Int64(transfer.firstState.rawValue),
            Int64(transfer.firstAction?.rawValue ?? 0), transfer.firstSequence.rawValue,
            Int64(transfer.action?.rawValue ?? 0), Int64(bitPattern: transfer.scoreBits),
            transfer.decisionSequence.rawValue, transfer.lastSequence.rawValue,
        ]
    }

    static func transfer(_ numbers: [Int64]) -> Transfer? {
        guard numbers.count >= count,
            let kind = UInt8(exactly: numbers[2]).flatMap(TransferKind.init(rawValue:)),
            let state = UInt8(exactly: numbers[3]).flatMap(TransferState.init(rawValue:)),
            let currency = UInt16(exactly: numbers[4]),
            let firstState = UInt8(exactly: numbers[17]).flatMap(TransferState.init(rawValue:)),
            let firstAction = UInt8(exactly: numbers[18]), let action = UInt8(exactly: numbers[20])
        else { return nil }
        func half(_ number: Int64) -> UInt64 { UInt64(bitPattern: number) }
        return Transfer(
            id: TransferID(high: half(numbers[0]), low: half(numbers[1])), kind: kind, state: state,
            currency: currency, payer: AccountID(numbers[5]), payee: AccountID(numbers[6]),
            amount: numbers[7], captured: numbers[8], refunded: numbers[9],
            related: TransferID(high: half(numbers[10]), low: half(numbers[11])), extraLegs: [],
            createdAt: Timestamp(numbers[12]), createdSequence: Sequence(numbers[13]),
            decideBy: Timestamp(numbers[14]), expiresAt: Timestamp(numbers[15]),
            heldByPolicy: numbers[16] == 1, firstState: firstState,
            firstAction: DecisionAction(rawValue: firstAction),
            firstSequence: Sequence(numbers[19]),
            action: DecisionAction(rawValue: action), scoreBits: half(numbers[21]),
            decisionSequence: Sequence(numbers[22]), lastSequence: Sequence(numbers[23]))
    }
}
