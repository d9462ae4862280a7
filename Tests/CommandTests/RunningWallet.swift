import EventLog
import Foundation
import Operations
import ProcessControl
import TestProcesses
import TestSockets

/// `holdfast up` on a home, and a client of its API.
final class RunningWallet {
    let rig: CommandRig
    let home: String
    let port: Int
    let process: ChildProcess
    private let name: String

    init(_ rig: CommandRig, _ name: String, _ options: [String] = []) throws {
        self.rig = rig
        self.name = name
        home = rig.home(name)
        port = try StreamSocket.freePort()
        process = try rig.start(
            name,
            [
                "up", "--plain", "--home", home, "--port", "\(port)", "--model",
                BuiltExecutable.model,
            ] + options)
    }

    var log: String { rig.log(name) }

    func stop() async throws { try await rig.end(process) }

    /// Calls the API with the home's operator key.
    func call<Result>(_ body: (WalletClient) async throws -> Result) async throws -> Result {
        let key = try OperatorKey.read(Home(home))
        let http = try HTTPClient(host: "127.0.0.1", port: port, connections: 4, bearer: key)
        do {
            let result = try await body(WalletClient(http))
            await http.close()
            return result
        } catch {
            await http.close()
            throw error
        }
    }

    /// Waits until the API answers; with `engine`, until an engine decides too.
    func untilReady(engine: Bool = true) async throws {
        let isReady = await rig.eventually(seconds: 90) {
            let answer = try? await call {
                try await $0.http.send("GET", "/health/ready").get()
            }
            guard answer?.status == 200 else { return false }
            let text = String(decoding: answer?.body ?? [], as: UTF8.self)
            return !engine || text.contains("present")
        }
        guard isReady else { throw CommandRigError("not ready:\n\(log)") }
    }

    /// Two accounts, the first with money.
    func accounts(_ prefix: String) async throws -> (String, String) {
        guard let dollars = Currency(code: "USD") else { throw CommandRigError("no USD") }
        return try await call { client in
            let payer = try await client.open(
                owner: prefix + "-ann", currency: dollars, minor: 1_000_000)
            let payee = try await client.open(owner: prefix + "-bob", currency: dollars, minor: 0)
            return (payer, payee)
        }
    }

    func pay(
        _ accounts: (String, String), _ amount: String, key: String
    ) async throws -> WalletClient.Outcome {
        let body =
            #"{"payer":"\#(accounts.0)","payee":"\#(accounts.1)","#
            + #""amount":{"value":"\#(amount)","currency":"USD"},"context":{"device":"phone"}}"#
        return try await call {
            try await $0.pay(Array(body.utf8), kind: .payment, key: key)
        }
    }

    /// The value of one of the wallet's measurements; nil if there is none.
    func metric(_ name: String) async throws -> Int? {
        let answer = try await call { try await $0.http.send("GET", "/metrics").get() }
        let line = String(decoding: answer.body, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    func verify() async throws -> (ending: ChildProcess.Ending, text: String) {
        try await rig.run(["verify", "--home", home, "--models", BuiltExecutable.models])
    }
}
