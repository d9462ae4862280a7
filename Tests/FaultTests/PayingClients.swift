import Foundation
import SplitMix
import Synchronization

/// Clients that pay at the same time, each until its request is answered, whatever is killed meanwhile.
final class PayingClients: @unchecked Sendable {
    private let rig: FaultRig
    private let journal: Journal
    private let accounts: [String]
    private let ports: [Int]
    private let isStopped = Atomic<Bool>(false)
    private let group = DispatchGroup()

    /// Each client asks the wallet at one of `ports`, and the next one when it gets no answer.
    init(_ rig: FaultRig, _ journal: Journal, accounts: [String], ports: [Int]? = nil) {
        self.rig = rig
        self.journal = journal
        self.accounts = accounts
        self.ports = ports ?? [rig.port]
    }

    /// US dollars that every account of ``open(_:count:)`` begins with.
    static let funds = 10_000

    /// Opens accounts with funds.
    static func open(_ rig: FaultRig, count: Int) throws -> [String] {
        let client = rig.connect()
        return try (0..<count).map { index in
            let body = #"{"owner":"fault-\#(index)","currency":"USD"}"#
            guard let opened = client.send("POST", "/v1/accounts", body, key: "open-\(index)"),
                let id = opened["id"],
                client.send(
                    "POST", "/v1/accounts/\(id)/fund",
                    #"{"amount":{"value":"\#(funds).00","currency":"USD"}}"#, key: "fund-\(index)")?
                    .status == 201
            else { throw RigError("account \(index) was not opened:\n\(rig.logTail)") }
            return id
        }
    }

    func start(count: Int, seed: UInt64) {
        for number in 0..<count {
            let thread = Thread { [self] in
                var random = SplitMix64(seed: seed &+ UInt64(number))
                pay(number, &random)
                group.leave()
            }
            group.enter()
            thread.start()
        }
    }

    /// Ends the load once what was sent is answered.
    func finish() {
        isStopped.store(true, ordering: .relaxed)
        group.wait()
    }

    private func pay(_ number: Int, _ random: inout SplitMix64) {
        let clients = ports.indices.map { rig.connect(port: ports[($0 + number) % ports.count]) }
        var count = 0
        while !isStopped.load(ordering: .relaxed) {
            // Without a pause nearly all payments would be those that the fail policy answers at once.
            Thread.sleep(forTimeInterval: Double.random(in: 0...0.04, using: &random))
            count += 1
            let payer = Int.random(in: 0..<accounts.count, using: &random)
            let payee =
                (payer + Int.random(in: 1..<accounts.count, using: &random)) % accounts.count
            let cents = Int.random(in: 10...99, using: &random)
            let isAuthorization = Int.random(in: 0..<4, using: &random) == 0
            let request = Journal.Request(
                key: "pay-\(number)-\(count)",
                path: isAuthorization ? "/v1/authorizations" : "/v1/transfers",
                body: #"{"payer":"\#(accounts[payer])","payee":"\#(accounts[payee])","#
                    + #""amount":{"value":"1.\#(cents)","currency":"USD"},"#
                    + #""context":{"device":"device-\#(payer)"}}"#)
            let answer = Self.carryOut(request, journal, clients)
            if isAuthorization, let id = answer?["id"], answer?["state"] == "authorized" {
                Self.carryOut(
                    .init(
                        key: "capture-\(number)-\(count)", path: "/v1/authorizations/\(id)/capture",
                        body: #"{"amount":{"value":"1.00","currency":"USD"},"final":true}"#),
                    journal, clients)
            }
        }
    }

    /// Sends the same request with the same key until there is an answer that is final, and notes both. Asks the
    /// clients in turn.
    @discardableResult
    static func carryOut(
        _ request: Journal.Request, _ journal: Journal, _ clients: [RawClient]
    ) -> RawClient.Answer? {
        journal.note(request)
        let end = ContinuousClock.now + .seconds(60)
        var attempt = 0
        while ContinuousClock.now < end {
            let client = clients[attempt % clients.count]
            if let answer = client.send("POST", request.path, request.body, key: request.key),
                answer.status < 500, answer.status != 429
            {
                journal.note(
                    Journal.Answer(
                        key: request.key, status: answer.status, id: answer["id"] ?? "",
                        state: answer["state"] ?? ""))
                return answer
            }
            attempt += 1
            Thread.sleep(forTimeInterval: 0.02)
        }
        return nil
    }
}
