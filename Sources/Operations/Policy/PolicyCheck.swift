internal import EventLog
internal import RiskEngine
internal import Scoring

/// Whether engines could decide with a policy.
enum PolicyCheck {
    /// What is wrong, and what would be right; nil if nothing is.
    static func fault(in policy: PolicyDetail, modelFor: ([UInt8]) -> RiskModel?) -> String? {
        do throws(EngineError) {
            _ = try RowDecider(policy, modelFor: modelFor)
            guard !policy.challengerHash.isEmpty else { return nil }
            _ = try RowDecider(
                PolicyDetail(modelHash: policy.challengerHash), modelFor: modelFor)
            return nil
        } catch { return "\(error)" }
    }
}
