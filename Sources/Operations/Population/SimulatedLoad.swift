internal import EventLog
internal import Foundation
internal import Simulation

/// Lets a simulated population pay through the public HTTP API, at a steady rate.
public struct SimulatedLoad: Sendable {
    /// Of the population and of all that it does.
    public var seed: UInt64
    /// Payments a second.
    public var rate: Double
    /// How many people there are.
    public var people: Int
    private let client: WalletClient
    /// What came of the payments so far.
    public let statistics: LoadStatistics

    /// Most payments under way; further ones wait.
    private static let underWay = 1_000

    /// A population of at least 1,000 people for each payment a second, unless told otherwise.
    public init(
        _ client: WalletClient, seed: UInt64 = 1, rate: Double, people: Int? = nil,
        statistics: LoadStatistics = LoadStatistics()
    ) {
        self.client = client
        self.seed = seed
        self.rate = rate
        self.people = people ?? max(2_000, Int(rate * 1_000))
        self.statistics = statistics
    }

    /// Pays until cancelled or, if `limit` is given, until so many payments were made.
    public func run(limit: Int? = nil) async {
        var population = LivePopulation(seed: seed, people: people)
        let accounts = Accounts(client, population.accountsToOpen)
        let start = ContinuousClock.now
        let session = UInt64.random(in: 0...UInt64.max)
        await withTaskGroup(of: Void.self) { group in
            var drawn = 0
            var pending = 0
            while !Task.isCancelled, drawn < limit ?? Int.max {
                let due = start + .seconds(Double(drawn) / rate)
                if due > .now { try? await Task.sleep(until: due) }
                if Task.isCancelled { break }
                if pending >= Self.underWay {
                    await group.next()
                    pending -= 1
                }
                let payment = population.next(at: Self.now)
                let topUps = population.takeTopUps()
                let number = drawn
                drawn += 1
                pending += 1
                group.addTask {
                    await pay(payment, topUps, accounts, key: "\(session)-\(number)")
                }
            }
        }
    }

    private func pay(
        _ payment: SimulatedPayment, _ topUps: [TopUp], _ accounts: Accounts, key: String
    ) async {
        do {
            for (index, topUp) in topUps.enumerated() {
                let money = Money(minor: topUp.amountMinor, currency: payment.currency)
                try await client.fund(
                    accounts.identifier(topUp.account), money, key: "\(key)-income-\(index)")
            }
            let payer = try await accounts.identifier(payment.payer)
            let payee = try await accounts.identifier(payment.payee)
            let body = WalletClient.body(of: payment, payer: payer, payee: payee)
            let begin = ContinuousClock.now
            let outcome = try await client.pay(body, kind: payment.kind, key: key)
            statistics.record(
                outcome,
                amount: Money(minor: payment.amountMinor, currency: payment.currency).description,
                elapsed: ContinuousClock.now - begin)
        } catch {
            if !Task.isCancelled { statistics.recordFailure() }
        }
    }

    private static var now: Timestamp {
        Timestamp(Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}

/// The population's accounts, opened when they are first named; the same people have the same accounts in every run.
actor Accounts {
    private let client: WalletClient
    private let people: [SimulatedAccount]
    private var opened: [Int: Task<String, any Error>] = [:]

    init(_ client: WalletClient, _ people: [SimulatedAccount]) {
        self.client = client
        self.people = people
    }

    func identifier(_ index: Int) async throws -> String {
        if let task = opened[index] { return try await task.value }
        let person = people[index]
        let client = client
        let task = Task {
            try await client.open(
                owner: person.owner, currency: person.currency, minor: person.openingBalanceMinor)
        }
        opened[index] = task
        do { return try await task.value } catch {
            opened[index] = nil
            throw error
        }
    }
}
