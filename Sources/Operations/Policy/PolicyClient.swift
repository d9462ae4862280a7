internal import Cryptography
internal import EventLog
internal import Foundation
internal import NIOCore
public import Scoring

/// Policies and lists of a running wallet, by its API.
public struct PolicyClient: Sendable {
    /// A policy as the wallet tells it.
    public struct Policy: Sendable, Equatable {
        /// Sequence of its event.
        public var sequence: Int64
        /// When it came into force, RFC 3339.
        public var recordedAt: String
        /// SHA-256 of the model's file, 64 lower-case hexadecimal digits.
        public var model: String
        /// The same of the challenger's; nil for none.
        public var challenger: String?
        /// The rules' whole text; empty for none.
        public var rules: String
        /// Who activated it.
        public var by: String
        /// Why.
        public var note: String
    }

    /// What to change; what is nil stays as it is.
    public struct Change: Sendable {
        /// The model that is to decide.
        public var model: RiskModel?
        /// The model that is to score in shadow.
        public var challenger: RiskModel?
        /// There is to be no challenger any more.
        public var dropsChallenger = false
        /// Text of the rules.
        public var rules: String?
        /// Why.
        public var note = ""

        /// No change.
        public init() {}
    }

    private let http: HTTPClient
    private let home: Home

    /// The wallet that `http` speaks to, which is that of `home`.
    public init(_ http: HTTPClient, home: Home) {
        self.http = http
        self.home = home
    }

    /// Policies, the newest first: that is in force. None if none was ever activated.
    public func policies(limit: Int) async throws -> [Policy] {
        let answer = try await http.send("GET", "/v1/policies?limit=\(limit)").get()
        guard answer.status == 200,
            let items = WalletClient.object(answer.body)?["policies"] as? [[String: Any]]
        else { throw Self.refusal(answer) }
        return items.map(Self.policy)
    }

    /// Activates the policy in force with a change. The models are kept in the home first, where engines look for
    /// them. Returns the policy that is in force now.
    public func promote(_ change: Change) async throws -> Policy {
        let present = try await policies(limit: 1).first
        guard let model = change.model.map({ "\($0.hash)" }) ?? present?.model ?? home.startModel
        else {
            throw OperationError(
                "no policy is in force yet, and no engine ever decided here: name a model to promote"
            )
        }
        for model in [change.model, change.challenger].compactMap({ $0 }) {
            try home.keepCopy(model)
        }
        let challenger =
            change.dropsChallenger
            ? nil : change.challenger.map { "\($0.hash)" } ?? present?.challenger
        return try await activate(
            model: model, challenger: challenger, rules: change.rules ?? present?.rules ?? "",
            note: change.note)
    }

    /// Activates the policy before the one in force again.
    public func rollBack(note: String) async throws -> Policy {
        let latest = try await policies(limit: 2)
        guard latest.count == 2 else {
            throw OperationError(
                latest.isEmpty
                    ? "no policy was ever activated: there is nothing to roll back"
                    : "there is no policy before the one in force: promote the one that is wanted")
        }
        let previous = latest[1]
        return try await activate(
            model: previous.model, challenger: previous.challenger, rules: previous.rules,
            note: note.isEmpty ? "rolled back to \(previous.sequence)" : note)
    }

    private func activate(
        model: String, challenger: String?, rules: String, note: String
    ) async throws -> Policy {
        var body: [String: Any] = ["model": model]
        body["challenger"] = challenger
        if !rules.isEmpty { body["rules"] = rules }
        if !note.isEmpty { body["note"] = note }
        return Self.policy(try await post("/v1/policies", body))
    }

    /// Puts somebody or something on a list, or takes it off. Returns the event's sequence.
    ///
    /// - Parameter until: RFC 3339; nil for no end.
    public func change(
        list: String, subject: String, identifier: String, until: String?, removes: Bool,
        note: String
    ) async throws -> Int64 {
        var body = ["subject": subject, "identifier": identifier]
        body["until"] = until
        if !note.isEmpty { body["note"] = note }
        let answer = try await post("/v1/lists/\(list)" + (removes ? "/remove" : ""), body)
        return (answer["sequence"] as? NSNumber)?.int64Value ?? 0
    }

    /// Entries of a list, those put there last first, one line of JSON each.
    public func entries(of list: String) async throws -> [String] {
        var lines: [String] = []
        var before = ""
        while true {
            let answer = try await http.send("GET", "/v1/lists/\(list)?limit=200\(before)").get()
            guard answer.status == 200, let page = WalletClient.object(answer.body),
                let items = page["entries"] as? [[String: Any]]
            else { throw Self.refusal(answer) }
            lines += try items.map(WalletClient.line)
            guard let next = page["next"] as? NSNumber else { return lines }
            before = "&before=\(next.int64Value)"
        }
    }

    private func post(_ path: String, _ body: [String: Any]) async throws -> [String: Any] {
        let bytes = try JSONSerialization.data(withJSONObject: body, options: [.sortedKeys])
        let answer = try await http.send(
            "POST", path, body: Array(bytes), key: UUID().uuidString
        ).get()
        guard answer.status == 201, let object = WalletClient.object(answer.body) else {
            throw Self.refusal(answer)
        }
        return object
    }

    private static func policy(_ item: [String: Any]) -> Policy {
        Policy(
            sequence: (item["sequence"] as? NSNumber)?.int64Value ?? 0,
            recordedAt: item["recorded_at"] as? String ?? "",
            model: item["model"] as? String ?? "", challenger: item["challenger"] as? String,
            rules: item["rules"] as? String ?? "", by: item["by"] as? String ?? "",
            note: item["note"] as? String ?? "")
    }

    private static func refusal(_ answer: HTTPAnswer) -> OperationError {
        let detail = WalletClient.object(answer.body)?["detail"] as? String
        return OperationError(
            "the wallet answered \(answer.status): "
                + (detail ?? String(decoding: answer.body, as: UTF8.self)))
    }
}
