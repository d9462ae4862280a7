import EventLog

/// Windows and confirmed fraud of the ``Oracle``.
extension Oracle {
    /// All windows, with the attempt at `position`, the last one, in them.
    func windowValues(_ position: Int, into values: inout [String: Double]) {
        let attempt = attempts[position]
        let mine = attempts.filter { $0.payer == attempt.payer }
        let isMixed = amounts.isMixed(attempt.payer)
        for (label, span) in zip(Self.labels, Self.spans) {
            let inside = mine.filter { $0.time > attempt.time - span }
            let count = Double(inside.count)
            values["payer.count.\(label)"] = count
            values["payer.payees.\(label)"] = Double(Set(inside.map(\.payee)).count)
            values["payer.devices.\(label)"] = Double(Set(inside.compactMap { $0.key(1) }).count)
            values["payer.places.\(label)"] = Double(Set(inside.compactMap(\.cell)).count)
            values["payer.voided.\(label)"] = Double(inside.filter(\.isVoided).count)
            if !isMixed {
                let sum = Double(inside.reduce(Int128(0)) { $0 + Int128($1.event.amount) }) / 100
                values["payer.sum.\(label)"] = sum
                values["payer.mean.\(label)"] = sum / count
            }
        }
        func count(_ name: String) -> Double { values[name] ?? .nan }
        values["payer.burst.1h"] = 24 * count("payer.count.1h") / count("payer.count.24h")
        values["payer.burst.24h"] = 30 * count("payer.count.24h") / count("payer.count.30d")
        pairValues(position, into: &values)
        for kind in 0..<5 { partyValues(kind, position, into: &values) }
    }

    private func pairValues(_ position: Int, into values: inout [String: Double]) {
        let attempt = attempts[position]
        let pair = attempts.filter { $0.payer == attempt.payer && $0.payee == attempt.payee }
        for (label, span) in zip(Self.labels, Self.spans) {
            let inside = pair.filter { $0.time > attempt.time - span }
            values["pair.count.\(label)"] = Double(inside.count)
            if !amounts.isMixed(attempt.payer) {
                values["pair.sum.\(label)"] =
                    Double(inside.reduce(Int128(0)) { $0 + Int128($1.event.amount) }) / 100
            }
        }
        if let last = pair.dropLast().last, last.time > attempt.time - ringSpan {
            values["pair.idle"] = Double(attempt.time - last.time) / 1_000_000
        }
        let back = attempts.dropLast().contains {
            $0.payer == attempt.payee && $0.payee == attempt.payer
                && $0.time > attempt.time - Self.spans[5]
        }
        values["pair.circular"] = back ? 1 : 0
    }

    private func partyValues(
        _ kind: Int, _ position: Int, into values: inout [String: Double]
    ) {
        let attempt = attempts[position]
        guard let key = attempt.key(kind) else { return }
        let name = Self.names[kind]
        let party = PartyKey(kind: kind, key: key)
        let all = attempts.indices.filter { attempts[$0].key(kind) == key }
        for (label, span) in zip(Self.labels, Self.spans) {
            let inside = all.filter { attempts[$0].time > attempt.time - span }
            let payers = Double(Set(inside.map { attempts[$0].payer }).count)
            values["\(name).count.\(label)"] = Double(inside.count)
            values["\(name).payers.\(label)"] = payers
            values["\(name).voided.\(label)"] = Double(
                inside.filter { attempts[$0].isVoided }.count)
            let new = inside.filter {
                newPairs.contains(
                    PairAt(
                        pair: PairKey(party: party, payer: attempts[$0].payer), position: $0))
            }
            values["\(name).new_share.\(label)"] = Double(new.count) / payers
            if parties[party]?.isMixed == false {
                let sum = inside.reduce(Int128(0)) { $0 + Int128(attempts[$1].event.amount) }
                values["\(name).sum.\(label)"] = Double(sum) / 100
                values["\(name).mean.\(label)"] = Double(sum) / 100 / Double(inside.count)
            }
        }
        if let memory = parties[party], let last = all.dropLast().last {
            let isRecent = attempts[last].time > attempt.time - ringSpan
            if isRecent || kind == 0 && memory.firstPosition <= last {
                values["\(name).idle"] = Double(attempt.time - attempts[last].time) / 1_000_000
            } else if kind == 0,
                memory.firstPosition < position
                    || memory.isHeld && memory.firstPosition == position
            {
                // It was forgotten, and is known again since a late posting.
                values["payee.idle"] = Double(attempt.time - memory.firstTime) / 1_000_000
            }
        }
        if kind == 0 {
            values["payee.burst.24h"] =
                30 * (values["payee.count.24h"] ?? .nan) / (values["payee.count.30d"] ?? .nan)
        }
    }

    // MARK: - Fraud

    /// What is known before the attempt, which is not among the attempts yet.
    func fraudValues(_ attempt: Attempt, into values: inout [String: Double]) {
        let now = attempt.time
        func matured(_ list: [Attempt], _ span: Int64) -> [Attempt] {
            list.filter { $0.time <= now - delay && $0.time > now - delay - span }
        }
        let everything = matured(attempts, Self.spans[5])
        let usual =
            Double(everything.filter(\.isFraud).count + 1) / Double(everything.count + 200)
        func write(_ name: String, _ list: [Attempt], _ memory: Memory?) {
            values["\(name).fraud.known"] = Double(list.filter(\.isFraud).count)
            for (label, span) in zip(Self.labels, Self.spans) {
                let inside = matured(list, span)
                values["\(name).fraud.rate.\(label)"] =
                    (Double(inside.filter(\.isFraud).count) + 4 * usual)
                    / (Double(inside.count) + 4)
            }
            values["\(name).fraud.count.30d"] = Double(
                list.filter { $0.isFraud && $0.time > now - Self.spans[5] }.count)
            let judged = list.filter { attempt in
                guard let first = memory?.firstFraud, let order = attempt.maturedOrder
                else { return false }
                return order > first
            }
            for count in [1, 3, 5, 10] {
                let frauds = judged.suffix(count).filter(\.wasFraudWhenMatured).count
                values["\(name).fraud.last.\(count)"] = Double(frauds) / Double(count)
            }
            guard let memory, list.contains(where: \.isFraud) else { return }
            values["\(name).fraud.since"] =
                Double(now - memory.lastFraudTime) / Double(Self.day)
            values["\(name).fraud.genuine_since"] = Double(
                list.filter { ($0.maturedOrder ?? 0) > memory.lastFraud }.count)
        }
        for kind in 0..<5 {
            guard let key = attempt.key(kind), let memory = parties[PartyKey(kind: kind, key: key)]
            else { continue }
            let list = attempts.indices.filter {
                $0 >= memory.firstPosition && attempts[$0].key(kind) == key
            }.map { attempts[$0] }
            write(Self.names[kind], list, memory)
        }
        write(
            "payer", attempts.filter { $0.payer == attempt.payer }, payerFraud[attempt.payer])
    }
}
