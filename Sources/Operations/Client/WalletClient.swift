public import EventLog
internal import Foundation
internal import NIOCore
public import Simulation

/// The wallet's HTTP API as a client sees it, as far as the population needs it.
public struct WalletClient: Sendable {
    /// What became of a payment.
    public struct Outcome: Sendable {
        /// The HTTP status; what follows is empty unless it tells of success.
        public var status: Int
        /// The transfer's identifier.
        public var id: String
        /// The transfer's state, as the API has it.
        public var state: String
        /// What was decided, as the API has it.
        public var action: String
        /// Who decided: `engine` or `fail_policy`.
        public var decidedBy: String
        /// Calibrated probability of fraud; nil if no engine decided.
        public var score: Double?
        /// The first reason's sentence.
        public var reason: String?
    }

    /// The connections that requests go over.
    public let http: HTTPClient

    /// A client that speaks through `http`, which stays the caller's to close.
    public init(_ http: HTTPClient) { self.http = http }

    /// Whether the API answers and an engine decides.
    public func isReady() async -> Bool {
        guard let answer = try? await http.send("GET", "/health/ready").get(), answer.status == 200
        else { return false }
        return Self.object(answer.body)?["engine"] as? String == "present"
    }

    /// Opens an account and puts money into it. Returns its identifier.
    public func open(owner: String, currency: Currency, minor: Int64) async throws -> String {
        let body = Array(#"{"owner":"\#(owner)","currency":"\#(currency.code)"}"#.utf8)
        let answer = try await http.send(
            "POST", "/v1/accounts", body: body, key: "open-\(owner)-\(currency.code)"
        ).get()
        guard answer.status == 201, let id = Self.object(answer.body)?["id"] as? String else {
            throw OperationError(
                "an account was not opened: \(String(decoding: answer.body, as: UTF8.self))")
        }
        if minor > 0 {
            try await fund(id, Money(minor: minor, currency: currency), key: "first-\(owner)")
        }
        return id
    }

    /// An account with plenty, for measuring.
    public func openForBenchmark(_ index: Int) async throws -> String {
        guard let dollars = Currency(code: "USD") else { throw OperationError("USD is not known") }
        return try await open(owner: "bench-\(index)", currency: dollars, minor: 1_000_000_000)
    }

    /// Puts money into an account, once for each key.
    public func fund(_ account: String, _ money: Money, key: String) async throws {
        let answer = try await http.send(
            "POST", "/v1/accounts/\(account)/fund", body: Array(#"{"amount":\#(money.json)}"#.utf8),
            key: key
        ).get()
        guard answer.status == 201 || answer.status == 200 else {
            throw OperationError(
                "an account was not funded: \(String(decoding: answer.body, as: UTF8.self))")
        }
    }

    /// The body of a payment's request.
    public static func body(of payment: SimulatedPayment, payer: String, payee: String) -> [UInt8] {
        var text = #"{"payer":"\#(payer)","payee":"\#(payee)","amount":"#
        text += Money(minor: payment.amountMinor, currency: payment.currency).json
        var context: [String] = []
        if let device = payment.device { context.append(#""device":"\#(device)""#) }
        if let instrument = payment.instrument { context.append(#""instrument":"\#(instrument)""#) }
        if let address = payment.address { context.append(#""address":"\#(address)""#) }
        if let place = payment.place {
            context.append(
                #""place":{"latitude":\#(place.latitude),"longitude":\#(place.longitude)}"#)
        }
        if payment.country != .none { context.append(#""country":"\#(payment.country)""#) }
        if payment.merchantCategory > 0 {
            let digits = String(payment.merchantCategory)
            let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            context.append(#""merchant_category":"\#(padded)""#)
        }
        if !context.isEmpty { text += #","context":{"# + context.joined(separator: ",") + "}" }
        text += "}"
        return Array(text.utf8)
    }

    /// Pays, or authorizes, and waits for the decision.
    public func pay(_ body: [UInt8], kind: TransferKind, key: String?) async throws -> Outcome {
        let path = kind == .authorization ? "/v1/authorizations" : "/v1/transfers"
        let answer = try await http.send("POST", path, body: body, key: key).get()
        return Self.outcome(answer)
    }

    /// What an answer to a payment says.
    public static func outcome(_ answer: HTTPAnswer) -> Outcome {
        let object = object(answer.body) ?? [:]
        let decision = object["decision"] as? [String: Any] ?? [:]
        let reasons = decision["reasons"] as? [[String: Any]] ?? []
        return Outcome(
            status: answer.status, id: object["id"] as? String ?? "",
            state: object["state"] as? String ?? "", action: decision["action"] as? String ?? "",
            decidedBy: decision["decided_by"] as? String ?? "", score: decision["score"] as? Double,
            reason: reasons.first?["sentence"] as? String)
    }

    /// An object of the wallet's as one line of JSON, its members in the order of their names.
    static func line(_ object: [String: Any]) throws -> String {
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }

    static func object(_ body: [UInt8]) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
    }
}

extension Money {
    /// As the API writes amounts.
    var json: String { #"{"value":"\#(decimal)","currency":"\#(currency.code)"}"# }
}
