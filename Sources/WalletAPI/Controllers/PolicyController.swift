internal import Cryptography
internal import EventLog
internal import Hummingbird
internal import Ledger
internal import Wallet

/// `/v1/policies`: with what engines decide. The newest is in force.
struct PolicyController {
    /// Longer rules are refused.
    private static let maximumRules = 32 * 1_024

    let wallet: Wallet

    var routes: APIRoutes {
        APIRoutes()
            .get(.scope(.policiesRead), use: list)
            .post(.scope(.policiesWrite), use: activate)
    }

    private enum Field: String, CaseIterable { case model, challenger, rules, note }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = try Query(request, "before", "limit")
        let limit = try query.limit()
        let policies = try await wallet.policies(
            before: try query.sequence("before"), limit: limit)
        return .object { writer in
            writer.name("policies")
            writer.array(policies) { $0.policy($1) }
            writer.member("next", policies.count < limit ? nil : policies.last?.sequence.rawValue)
        }
    }

    @Sendable private func activate(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<Field>(submission.body)
        let policy = PolicyDetail(
            modelHash: try Self.hash(try body.string(.model), "model"),
            challengerHash: try body.optionalString(.challenger, maximumBytes: 64)
                .map { try Self.hash($0, "challenger") } ?? [],
            rules: try body.optionalString(.rules, maximumBytes: Self.maximumRules) ?? "")
        let note = try body.optionalString(.note, maximumBytes: 2_000) ?? ""
        let sequence = try await wallet.activate(
            policy, note: note, actor: context.actor, key: submission.key)
        context.logger.notice(
            "policy activated",
            metadata: [
                "sequence": "\(sequence.rawValue)",
                "model": "\(Hexadecimal.encode(policy.modelHash))", "actor": "\(context.actor)",
            ])
        return .object(status: .created) { writer in
            writer.change(sequence, by: context.actor, note: note) { $0.policyMembers(policy) }
        }
    }

    private static func hash(_ text: String, _ field: String) throws(Problem) -> [UInt8] {
        guard let bytes = Hexadecimal.decode(text), bytes.count == 32 else {
            throw .bad(
                "invalid_hash", "\(field) is the SHA-256 of a model's file: 64 hexadecimal digits",
                field: field)
        }
        return bytes
    }
}

extension JSONWriter {
    fileprivate mutating func policy(_ view: PolicyView) {
        object { writer in
            writer.change(
                view.sequence, recordedAt: view.recordedAt, by: view.actor, note: view.note
            ) { $0.policyMembers(view.policy) }
        }
    }

    fileprivate mutating func policyMembers(_ policy: PolicyDetail) {
        member("model", Hexadecimal.encode(policy.modelHash))
        member(
            "challenger",
            policy.challengerHash.isEmpty ? nil : Hexadecimal.encode(policy.challengerHash))
        member("rules", policy.rules)
    }
}
