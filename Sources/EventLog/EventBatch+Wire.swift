internal import Foundation
internal import SwiftProtobuf

/// Why bytes are not a batch of events.
public struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong, and where.
    public var description: String
    init(_ description: String) { self.description = description }
}

extension EventBatch {
    /// Version of the wire format that this build writes and reads.
    public static let wireVersion: UInt32 = 1
    /// No batch holds more events than this.
    public static let maximumCount = 65_536

    /// The batch in wire encoding (`EventBatch.proto`).
    public func encoded() throws(WireError) -> [UInt8] {
        do { return try wire.serializedBytes() } catch {
            throw WireError("batch cannot be encoded: \(error)")
        }
    }

    /// Reads a batch; every column is checked for its length and every enumeration for its range.
    public init(encoded bytes: [UInt8]) throws(WireError) {
        let wire: WireEventBatch
        do { wire = try WireEventBatch(serializedBytes: bytes) } catch {
            throw WireError("not a batch of events: \(error)")
        }
        try self.init(wire: wire)
    }

    private var wire: WireEventBatch {
        var wire = WireEventBatch()
        wire.version = Self.wireVersion
        wire.firstSequence = firstSequence.rawValue
        wire.recordedAt = recordedAt.rawValue
        wire.kind = Data(kind)
        wire.cause = Data(cause)
        wire.transferKind = Data(transferKind)
        wire.state = Data(state)
        wire.onExpiry = Data(onExpiry)
        wire.transferHigh = transferHigh
        wire.transferLow = transferLow
        wire.payer = payer
        wire.payee = payee
        wire.amount = amount
        wire.currency = currency
        wire.decideBy = decideBy
        wire.expiresAt = expiresAt
        wire.legCount = Data((0..<count).map { UInt8(legStart[$0 + 1] - legStart[$0]) })
        wire.legRole = Data(legs.map(\.role.rawValue))
        wire.legFrom = legs.map(\.from.rawValue)
        wire.legTo = legs.map(\.to.rawValue)
        wire.legAmount = legs.map(\.amount)
        wire.legFromPosted = legs.map(\.fromPosted)
        wire.legFromReserved = legs.map(\.fromReserved)
        wire.legToPosted = legs.map(\.toPosted)
        wire.legToReserved = legs.map(\.toReserved)
        wire.decisionIndex = decisions.map { UInt32($0.index) }
        wire.decisionAction = Data(decisions.map(\.value.action.rawValue))
        wire.decisionScoreBits = decisions.map(\.value.scoreBits)
        wire.decisionFeatureDigest = decisions.map(\.value.featureDigest)
        wire.decisionSequence = decisions.map(\.value.sequence.rawValue)
        wire.decisionEpoch = decisions.map(\.value.epoch)
        wire.decisionElapsedMicros = decisions.map(\.value.elapsedMicros)
        wire.decisionDetail = decisionDetails.map { WireDecisionDetail(index: $0.index, $0.value) }
        wire.related = related.map { item in
            .with {
                $0.index = UInt32(item.index)
                $0.high = item.value.high
                $0.low = item.value.low
            }
        }
        wire.account = accounts.map { WireAccountDetail(index: $0.index, $0.value) }
        wire.engine = engines.map { WireEngineDetail(index: $0.index, $0.value) }
        wire.label = labels.map { item in
            .with {
                $0.index = UInt32(item.index)
                $0.verdict = UInt32(item.value.verdict.rawValue)
                $0.reserveSequence = item.value.reserve.rawValue
            }
        }
        wire.policy = policies.map { WirePolicyDetail(index: $0.index, $0.value) }
        wire.listEntry = listEntries.map { WireListEntry(index: $0.index, $0.value) }
        return wire
    }

    private init(wire: WireEventBatch) throws(WireError) {
        guard wire.version == Self.wireVersion else {
            throw WireError(
                "version \(wire.version) of the event log is not known; this build reads \(Self.wireVersion)"
            )
        }
        self.init(
            firstSequence: Sequence(wire.firstSequence), recordedAt: Timestamp(wire.recordedAt))
        let count = wire.kind.count
        guard count > 0, count <= Self.maximumCount, wire.firstSequence > 0 else {
            throw WireError(
                "a batch has 1 to \(Self.maximumCount) events from sequence 1 on, not \(count) from \(wire.firstSequence)"
            )
        }
        let lengths = [
            wire.cause.count, wire.transferKind.count, wire.state.count, wire.onExpiry.count,
            wire.transferHigh.count,
            wire.transferLow.count, wire.payer.count, wire.payee.count, wire.amount.count,
            wire.currency.count,
            wire.decideBy.count, wire.expiresAt.count, wire.legCount.count,
        ]
        guard lengths.allSatisfy({ $0 == count }) else {
            throw WireError("columns have lengths \(lengths), not all \(count)")
        }
        kind = try Self.checked(wire.kind, "kind") { EventKind(rawValue: $0) != nil }
        cause = try Self.checked(wire.cause, "cause") { EventCause(rawValue: $0) != nil }
        transferKind = try Self.checked(wire.transferKind, "transfer_kind") {
            TransferKind(rawValue: $0) != nil
        }
        state = try Self.checked(wire.state, "state") { TransferState(rawValue: $0) != nil }
        onExpiry = try Self.checked(wire.onExpiry, "on_expiry") {
            ExpiryAction(rawValue: $0) != nil
        }
        transferHigh = wire.transferHigh
        transferLow = wire.transferLow
        payer = wire.payer
        payee = wire.payee
        amount = wire.amount
        currency = wire.currency
        decideBy = wire.decideBy
        expiresAt = wire.expiresAt
        try readLegs(wire, count: count)
        try readDecisions(wire, count: count)
        try readDetails(wire, count: count)
    }

    private static func checked(
        _ column: Data, _ name: String, _ isKnown: (UInt8) -> Bool
    ) throws(WireError) -> [UInt8] {
        let bytes = [UInt8](column)
        for (index, byte) in bytes.enumerated() where !isKnown(byte) {
            throw WireError("unknown \(name) \(byte) in event \(index) of the batch")
        }
        return bytes
    }

    private mutating func readLegs(_ wire: WireEventBatch, count: Int) throws(WireError) {
        let legCount = wire.legRole.count
        let lengths = [
            wire.legFrom.count, wire.legTo.count, wire.legAmount.count, wire.legFromPosted.count,
            wire.legFromReserved.count, wire.legToPosted.count, wire.legToReserved.count,
        ]
        guard lengths.allSatisfy({ $0 == legCount }) else {
            throw WireError("leg columns have lengths \(lengths), not all \(legCount)")
        }
        legStart = [Int32](repeating: 0, count: count + 1)
        var total: Int32 = 0
        for (index, length) in wire.legCount.enumerated() {
            total += Int32(length)
            legStart[index + 1] = total
        }
        guard Int(total) == legCount else {
            throw WireError("events have \(total) legs, the leg columns \(legCount)")
        }
        legs.reserveCapacity(legCount)
        let roles = [UInt8](wire.legRole)
        let (from, to, amounts) = (wire.legFrom, wire.legTo, wire.legAmount)
        let (fromPosted, fromReserved) = (wire.legFromPosted, wire.legFromReserved)
        let (toPosted, toReserved) = (wire.legToPosted, wire.legToReserved)
        for index in 0..<legCount {
            guard let role = LegRole(rawValue: roles[index]) else {
                throw WireError("unknown leg role \(roles[index])")
            }
            legs.append(
                Leg(
                    role: role, from: AccountID(from[index]), to: AccountID(to[index]),
                    amount: amounts[index],
                    fromPosted: fromPosted[index], fromReserved: fromReserved[index],
                    toPosted: toPosted[index], toReserved: toReserved[index]))
        }
    }

    private mutating func readDecisions(_ wire: WireEventBatch, count: Int) throws(WireError) {
        let indices = wire.decisionIndex
        let (scores, digests) = (wire.decisionScoreBits, wire.decisionFeatureDigest)
        let (sequences, epochs) = (wire.decisionSequence, wire.decisionEpoch)
        let elapsed = wire.decisionElapsedMicros
        let actions = [UInt8](wire.decisionAction)
        let lengths = [
            actions.count, scores.count, digests.count, sequences.count, epochs.count,
            elapsed.count,
        ]
        guard lengths.allSatisfy({ $0 == indices.count }) else {
            throw WireError("decision columns have lengths \(lengths), not all \(indices.count)")
        }
        decisions.reserveCapacity(indices.count)
        var previous = -1
        for position in 0..<indices.count {
            let index = Int(indices[position])
            guard index > previous, index < count else {
                throw WireError("decision of event \(index) is out of order")
            }
            guard let action = DecisionAction(rawValue: actions[position]) else {
                throw WireError("unknown decision \(actions[position])")
            }
            previous = index
            decisions.append(
                Indexed(
                    index: index,
                    value: Decision(
                        action: action, scoreBits: scores[position],
                        featureDigest: digests[position],
                        sequence: Sequence(sequences[position]), epoch: epochs[position],
                        elapsedMicros: elapsed[position])))
        }
    }

    private mutating func readDetails(_ wire: WireEventBatch, count: Int) throws(WireError) {
        decisionDetails = wire.decisionDetail.map {
            Indexed(index: Int($0.index), value: DecisionDetail($0))
        }
        related = wire.related.map {
            Indexed(index: Int($0.index), value: TransferID(high: $0.high, low: $0.low))
        }
        for item in wire.account {
            guard let detail = AccountDetail(item) else {
                throw WireError("unknown account kind \(item.kind)")
            }
            accounts.append(Indexed(index: Int(item.index), value: detail))
        }
        engines = wire.engine.map { Indexed(index: Int($0.index), value: EngineDetail($0)) }
        for item in wire.label {
            guard let verdict = UInt8(exactly: item.verdict).flatMap(LabelVerdict.init(rawValue:))
            else {
                throw WireError("unknown label \(item.verdict)")
            }
            let label = TransferLabel(verdict, of: Sequence(item.reserveSequence))
            labels.append(Indexed(index: Int(item.index), value: label))
        }
        for item in wire.policy {
            guard let policy = PolicyDetail(item) else {
                throw WireError("a policy's model is not named by 32 bytes")
            }
            policies.append(Indexed(index: Int(item.index), value: policy))
        }
        for item in wire.listEntry {
            guard let entry = ListEntry(item) else {
                throw WireError("unknown list \(item.list) or subject \(item.subject)")
            }
            listEntries.append(Indexed(index: Int(item.index), value: entry))
        }
        try Self.checkAscending(decisionDetails.map(\.index), "decision detail", count: count)
        try Self.checkAscending(related.map(\.index), "related transfer", count: count)
        try Self.checkAscending(accounts.map(\.index), "account detail", count: count)
        try Self.checkAscending(engines.map(\.index), "engine detail", count: count)
        try Self.checkAscending(labels.map(\.index), "label", count: count)
        try Self.checkAscending(policies.map(\.index), "policy", count: count)
        try Self.checkAscending(listEntries.map(\.index), "list entry", count: count)
    }

    private static func checkAscending(_ indices: [Int], _ name: String, count: Int)
        throws(WireError)
    {
        var previous = -1
        for index in indices {
            guard index > previous, index < count else {
                throw WireError("\(name) of event \(index) is out of order")
            }
            previous = index
        }
    }
}
