import EventLog

/// Countries, and where instruments and addresses were used.
extension Oracle {
    func countryValues(_ attempt: Attempt, into values: inout [String: Double]) {
        let own = posted[attempt.payer] ?? []
        compare(attempt, own.last { attempts[$0].context.country != .none }.map { [$0] }, "changed")
        compare(attempt, own, "unusual")
        for (kind, name) in [(2, "instrument"), (3, "address"), (4, "place")] {
            guard let key = attempt.key(kind) else { continue }
            let learnt = parties[PartyKey(kind: kind, key: key)]?.learnt
            compare(attempt, learnt, name)
            let last = learnt?.compactMap { attempts[$0].cell }.last
            if kind < 4, let here = attempt.cell, let last {
                values[name + ".place_km"] = km(haversine(here, last))
            }
        }

        func compare(_ attempt: Attempt, _ positions: [Int]?, _ name: String) {
            guard attempt.context.country != .none,
                let usual = usualCountry((positions ?? []).map { attempts[$0].context.country })
            else { return }
            values["country." + name] = usual == attempt.context.country ? 0 : 1
        }
    }

    /// The candidate of the majority vote.
    private func usualCountry(_ countries: [CountryCode]) -> CountryCode? {
        var (candidate, lead) = (CountryCode?.none, 0)
        for country in countries where country != .none {
            if country == candidate {
                lead = min(32, lead + 1)
            } else if lead == 0 {
                (candidate, lead) = (country, 1)
            } else {
                lead -= 1
            }
        }
        return candidate
    }
}
