internal import Foundation

extension WireDecisionDetail {
    init(index: Int, _ detail: DecisionDetail) {
        self.init()
        self.index = UInt32(index)
        features = detail.features
        reason = detail.reasons.map { reason in
            .with {
                $0.code = reason.code
                $0.feature = reason.feature
                $0.value = reason.value
                $0.baseline = reason.baseline
                $0.contribution = reason.contribution
            }
        }
        rule = detail.rules
    }
}

extension DecisionDetail {
    init(_ wire: WireDecisionDetail) {
        self.init(
            features: wire.features,
            reasons: wire.reason.map {
                Reason(
                    code: $0.code, feature: $0.feature, value: $0.value, baseline: $0.baseline,
                    contribution: $0.contribution)
            },
            rules: wire.rule)
    }
}

extension WireAccountDetail {
    init(index: Int, _ detail: AccountDetail) {
        self.init()
        self.index = UInt32(index)
        kind = UInt32(detail.kind.rawValue)
        owner = detail.owner.rawValue
        debitsFrozen = detail.debitsFrozen
        creditsFrozen = detail.creditsFrozen
        overdraft = detail.overdraft
        hourCount = detail.caps.hourCount ?? -1
        hourSum = detail.caps.hourSum ?? -1
        dayCount = detail.caps.dayCount ?? -1
        daySum = detail.caps.daySum ?? -1
    }
}

extension AccountDetail {
    init?(_ wire: WireAccountDetail) {
        guard let kind = UInt8(exactly: wire.kind).flatMap(AccountKind.init(rawValue:)) else {
            return nil
        }
        func cap(_ value: Int64) -> Int64? { value < 0 ? nil : value }
        self.init(
            kind: kind, owner: Token(wire.owner), debitsFrozen: wire.debitsFrozen,
            creditsFrozen: wire.creditsFrozen,
            overdraft: wire.overdraft,
            caps: Caps(
                hourCount: cap(wire.hourCount), hourSum: cap(wire.hourSum),
                dayCount: cap(wire.dayCount),
                daySum: cap(wire.daySum)))
    }
}

extension WireEngineDetail {
    init(index: Int, _ detail: EngineDetail) {
        self.init()
        self.index = UInt32(index)
        epoch = detail.epoch
        build = detail.build
        catalogueHash = Data(detail.catalogueHash)
        modelHash = Data(detail.modelHash)
        rulesHash = Data(detail.rulesHash)
        fingerprint = detail.fingerprint
    }
}

extension EngineDetail {
    init(_ wire: WireEngineDetail) {
        self.init(
            epoch: wire.epoch, build: wire.build, catalogueHash: [UInt8](wire.catalogueHash),
            modelHash: [UInt8](wire.modelHash), rulesHash: [UInt8](wire.rulesHash),
            fingerprint: wire.fingerprint)
    }
}

extension WirePolicyDetail {
    init(index: Int, _ detail: PolicyDetail) {
        self.init()
        self.index = UInt32(index)
        modelHash = Data(detail.modelHash)
        challengerHash = Data(detail.challengerHash)
        rules = detail.rules
    }
}

extension PolicyDetail {
    init?(_ wire: WirePolicyDetail) {
        guard wire.modelHash.count == 32, [0, 32].contains(wire.challengerHash.count) else {
            return nil
        }
        self.init(
            modelHash: [UInt8](wire.modelHash), challengerHash: [UInt8](wire.challengerHash),
            rules: wire.rules)
    }
}

extension WireListEntry {
    init(index: Int, _ entry: ListEntry) {
        self.init()
        self.index = UInt32(index)
        list = UInt32(entry.list.rawValue)
        subject = UInt32(entry.subject.rawValue)
        key = entry.key
        until = entry.until.rawValue
        removed = entry.isRemoved
    }
}

extension ListEntry {
    init?(_ wire: WireListEntry) {
        guard let list = UInt8(exactly: wire.list).flatMap(ListName.init(rawValue:)),
            let subject = UInt8(exactly: wire.subject).flatMap(ListSubject.init(rawValue:))
        else { return nil }
        self.init(
            list: list, subject: subject, key: wire.key, until: Timestamp(wire.until),
            isRemoved: wire.removed)
    }
}
