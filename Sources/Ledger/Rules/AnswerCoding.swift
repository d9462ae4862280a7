internal import EventLog

/// The stored answer of a command: a version byte and whole numbers, so that a repeated key is answered as the
/// first time, whatever happened since.
enum AnswerCoding {
    private enum Tag: Int64 {
        case transfer = 1
        case account = 2
        case recorded = 3
    }

    static func encode(_ effect: Effect) -> [UInt8] {
        var numbers: [Int64] = []
        switch effect {
        case .transfer(let transfer, _):
            numbers = [Tag.transfer.rawValue] + TransferCoding.numbers(of: transfer)
            for leg in transfer.extraLegs {
                numbers += [
                    Int64(leg.role.rawValue), leg.from.rawValue, leg.to.rawValue, leg.amount,
                ]
            }
        case .account(let account, let publicID, _):
            let id = publicID?.uuid ?? .none
            numbers = [
                Tag.account.rawValue, account.id.rawValue, Int64(account.kind.rawValue),
                Int64(account.currency), account.posted, account.reserved, account.overdraft,
                account.debitsFrozen ? 1 : 0, account.creditsFrozen ? 1 : 0,
                account.caps.hourCount ?? -1, account.caps.hourSum ?? -1,
                account.caps.dayCount ?? -1,
                account.caps.daySum ?? -1, Int64(bitPattern: account.owner.rawValue),
                account.debitCount, account.debitSum, Int64(bitPattern: id.high),
                Int64(bitPattern: id.low),
            ]
        case .recorded(let sequence), .activated(_, let sequence):
            numbers = [Tag.recorded.rawValue, sequence.rawValue]
        }
        return numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian, Array.init) }
    }

    static func decode(_ bytes: [UInt8], sequence: Sequence) -> Effect? {
        guard bytes.count.isMultiple(of: 8) else { return nil }
        let numbers = bytes.withUnsafeBytes { raw in
            (0..<bytes.count / 8).map {
                Int64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self))
            }
        }
        guard let tag = numbers.first.flatMap(Tag.init(rawValue:)) else { return nil }
        switch tag {
        case .transfer:
            let body = Array(numbers.dropFirst())
            guard var transfer = TransferCoding.transfer(body) else { return nil }
            let legs = body.dropFirst(TransferCoding.count)
            guard legs.count.isMultiple(of: 4) else { return nil }
            for start in stride(from: legs.startIndex, to: legs.endIndex, by: 4) {
                guard let role = UInt8(exactly: legs[start]).flatMap(LegRole.init(rawValue:)) else {
                    return nil
                }
                transfer.extraLegs.append(
                    Movement(
                        role: role, from: AccountID(legs[start + 1]),
                        to: AccountID(legs[start + 2]),
                        amount: legs[start + 3]))
            }
            return .transfer(transfer, isReplay: true)
        case .account:
            return account(numbers)
        case .recorded:
            return numbers.count == 2 ? .recorded(Sequence(numbers[1])) : nil
        }
    }

    private static func account(_ numbers: [Int64]) -> Effect? {
        guard numbers.count == 18,
            let kind = UInt8(exactly: numbers[2]).flatMap(AccountKind.init(rawValue:)),
            let currency = UInt16(exactly: numbers[3])
        else { return nil }
        func cap(_ value: Int64) -> Int64? { value < 0 ? nil : value }
        let account = Account(
            id: AccountID(numbers[1]), kind: kind, currency: currency, posted: numbers[4],
            reserved: numbers[5], overdraft: numbers[6], debitsFrozen: numbers[7] == 1,
            creditsFrozen: numbers[8] == 1,
            caps: Caps(
                hourCount: cap(numbers[9]), hourSum: cap(numbers[10]), dayCount: cap(numbers[11]),
                daySum: cap(numbers[12])),
            owner: Token(UInt64(bitPattern: numbers[13])), debitCount: numbers[14],
            debitSum: numbers[15])
        let id = TransferID(
            high: UInt64(bitPattern: numbers[16]), low: UInt64(bitPattern: numbers[17]))
        return .account(
            account, publicID: id == .none ? nil : PublicAccountID(uuid: id), isReplay: true)
    }
}
