internal import EventLog
internal import Features

extension JSONWriter {
    /// What was decided, by whom and why; null if nothing was or had to be.
    mutating func decision(
        _ action: DecisionAction?, scoreBits: UInt64, _ detail: DecisionDetail?
    ) {
        name("decision")
        guard let action else {
            null()
            return
        }
        let isByEngine = action != .notEvaluated
        object { writer in
            writer.member("action", action.description)
            writer.member("score", isByEngine ? Double(bitPattern: scoreBits) : nil)
            writer.member("decided_by", isByEngine ? "engine" : "fail_policy")
            writer.name("reasons")
            writer.array(detail?.reasons ?? []) { $0.reason($1) }
            writer.name("rules")
            writer.array(detail?.rules ?? []) { $0.string($1) }
        }
    }

    private mutating func reason(_ reason: Reason) {
        object { writer in
            writer.member("code", reason.code)
            writer.member("sentence", Self.sentence(of: reason))
            writer.member("feature", reason.feature)
            writer.member("value", reason.value)
            writer.member("baseline", reason.baseline)
            writer.member("contribution", reason.contribution)
        }
    }

    /// The catalogue's sentence; features of other builds have none and are named.
    private static func sentence(of reason: Reason) -> String {
        guard let index = FeatureCatalogue.index(of: reason.feature) else {
            return "\(reason.feature) is \(reason.value)"
        }
        return FeatureCatalogue.all[index].describe(reason.value)
    }
}
