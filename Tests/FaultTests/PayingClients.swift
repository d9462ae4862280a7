import Foundation
import Synchronization
import SplitMix

/// Clients that pay at the same time, each until its request is answered, whatever is killed meanwhile.
final class PayingClients: @unchecked Sendable {
    private let rig: FaultRig
    private let journal: Journal
    private let accounts: [String]
    private let isStopped = Atomic<Bool>(false)
    private let group = DispatchGroup()

    init(_ rig: FaultRig, _ journal: Journal, accounts: [String]) {
        self.rig = rig
        self.journal = journal
        self.accounts = accounts
    }

    /// Opens accounts with funds.
    static func open(_ rig: FaultRig, count: Int) throws -> [String] {
        let client = rig.connect()
        return try (0..<count).map { index in
            let body = #"{"owner":"fault-\#(index)","currency":"USD"}"#
            guard let opened = client.send("POST", "/v1/accounts", body, key: "open-\(index)"),
                let id = opened["id"],
                client.send(
                    "POST", "/v1/accounts/\(id)/fund",
                    #"{"amount":{"value":"10000.00","currency":"USD"}}"#, key: "fund-\(index)")?
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
        let client = rig.connect()
        var count = 0
        while !isStopped.load(ordering: .relaxed) {
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
            let answer = untilAnswered(request, client)
            if isAuthorization, let answer, answer.state == "authorized" {
                _ = untilAnswered(
                    .init(
                        key: "capture-\(number)-\(count)",
                        path: "/v1/authorizations/\(answer.id)/capture",
                        body: #"{"amount":{"value":"1.00","currency":"USD"},"final":true}"#), client
                )
            }
        }
    }

    /// Sends the same request with the same key until there is an answer that is final.
    private func untilAnswered(_ request: Journal.Request, _ client: RawClient) -> Journal.Answer? {
        journal.note(request)
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if let answer = client.send("POST", request.path, request.body, key: request.key),
                answer.status < 500, answer.status != 429
            {
                let noted = Journal.Answer(
                    key: request.key, status: answer.status, id: answer["id"] ?? "",
                    state: answer["state"] ?? "")
                journal.note(noted)
                return noted
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return nil
    }
}
