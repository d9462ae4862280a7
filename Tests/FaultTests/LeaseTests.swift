import EventLog
import Foundation
import TestSeed
import Testing

extension FaultTests {
    @Test
    func
        `when the publisher's holder is killed the surviving wallet publishes, and the engine decides`()
        async throws
    {
        let seed = TestSeed.choose("lease")
        try await FaultRig.run { rig in
            let journal = try Journal(rig.home + "/journal")
            let accounts = try PayingClients.open(rig, count: 20)
            let second = try rig.startWallet()
            var ports = [second.pid: second.port]
            for pid in rig.processes(.wallet) where pid != second.pid { ports[pid] = rig.port }
            try await rig.untilReady(seconds: 30, port: second.port)
            let clients = PayingClients(
                rig, journal, accounts: accounts, ports: [rig.port, second.port])
            clients.start(count: 6, seed: seed)
            try await Task.sleep(for: .seconds(1))

            // First one of them is the survivor, then the other, or one that took its place.
            for round in 0..<2 {
                let holder = try #require(try rig.publisher())
                let others = rig.processes(.wallet).filter { $0 != holder }
                try #require(others.count == 1)
                let survivor = others[0]
                let port = try #require(ports[survivor])
                rig.pauseSupervisor()
                let killed = ContinuousClock.now
                kill(holder, SIGKILL)
                #expect(
                    try await rig.eventually(seconds: 7) { try rig.publisher() == survivor })
                let moved = ContinuousClock.now - killed
                var count = 0
                let client = rig.connect(port: port)
                let isDecided = await rig.eventually(seconds: 10) {
                    count += 1
                    let request = Journal.Request(
                        key: "pay-survivor-\(round)-\(count)", path: "/v1/transfers",
                        body: Self.payment(accounts[0], accounts[1], "2.00"))
                    let answer = PayingClients.carryOut(request, journal, [client])
                    return answer?.decidedBy == "engine"
                }
                #expect(isDecided, "\(rig.logTail)")
                let decided = ContinuousClock.now - killed
                #expect(rig.processes(.wallet) == [survivor])
                print("lease: moved after \(moved), decided after \(decided)")
                rig.resumeSupervisor()
                if holder == second.pid { break }
                // The supervisor starts a new wallet in place of the killed one.
                try await rig.untilReady(seconds: 30)
                for pid in rig.processes(.wallet) where pid != survivor { ports[pid] = rig.port }
            }
            clients.finish()
            try await rig.untilReady(seconds: 30)
            var aftermath = Aftermath(rig)
            try await aftermath.check(journal, accounts: accounts)
        }
    }

    static func payment(_ payer: String, _ payee: String, _ value: String) -> String {
        #"{"payer":"\#(payer)","payee":"\#(payee)","amount":{"value":"\#(value)","currency":"USD"}}"#
    }
}
