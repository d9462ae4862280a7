import EventLog
import Testing

@testable import Simulation

@Suite struct SeededRandomTests {
    @Test func `the sequence of a seed never changes`() {
        var random = SeededRandom(seed: 42)
        let first = (0..<3).map { _ in random.next() }
        var again = SeededRandom(seed: 42)
        #expect(first == (0..<3).map { _ in again.next() })
        var other = SeededRandom(seed: 42, stream: 1)
        #expect(other.next() != first[0])
    }

    @Test func `numbers below a bound are uniform`() {
        var random = SeededRandom(seed: 1)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<7_000 { counts[random.below(7)] += 1 }
        #expect(counts.allSatisfy { $0 > 850 && $0 < 1_150 })
    }

    @Test func `deviates have the moments they should`() {
        var random = SeededRandom(seed: 2)
        let normals = (0..<20_000).map { _ in random.normal() }
        let mean = normals.reduce(0, +) / 20_000
        let variance = normals.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.04)
        let exponentials = (0..<20_000).map { _ in random.exponential(mean: 3) }
        #expect(abs(exponentials.reduce(0, +) / 20_000 - 3) < 0.1)
    }
}

@Suite struct SimulatedHistoryTests {
    private static func payments(seed: UInt64, people: Int = 400, days: Int = 8)
        -> [SimulatedPayment]
    {
        var history = SimulatedHistory(
            SimulatedHistory.Options(seed: seed, people: people, days: days))
        var payments: [SimulatedPayment] = []
        while let payment = history.next() { payments.append(payment) }
        return payments
    }

    @Test func `equal seeds give equal histories, others do not`() {
        let first = Self.payments(seed: 1, people: 100, days: 3)
        #expect(first == Self.payments(seed: 1, people: 100, days: 3))
        #expect(first != Self.payments(seed: 2, people: 100, days: 3))
    }

    @Test func `payments are in order, possible, and covered by the balance`() {
        let payments = Self.payments(seed: 3)
        #expect(payments.count > 2_000)
        for (before, after) in zip(payments, payments.dropFirst()) {
            #expect(!(after.occurredAt < before.occurredAt))
        }
        for payment in payments {
            #expect(payment.amountMinor > 0)
            #expect(payment.amountMinor <= payment.payerAvailableMinor)
            #expect(payment.payer != payment.payee && payment.payer < 400)
            #expect(payment.initiatedAt < payment.occurredAt)
            if let place = payment.place {
                #expect(place.latitude.magnitude <= 90 && place.longitude.magnitude <= 180)
            }
        }
    }

    @Test func `a small share of the payments is fraud, of every kind`() {
        let payments = Self.payments(seed: 4, people: 1_500, days: 10)
        let frauds = payments.filter(\.isFraud)
        let share = Double(frauds.count) / Double(payments.count)
        #expect(share > 0.005 && share < 0.04)
        for kind in FraudKind.allCases { #expect(frauds.contains { $0.fraud == kind }) }
    }

    @Test func `no single trait tells fraud`() {
        let payments = Self.payments(seed: 5)
        let frauds = payments.filter(\.isFraud)
        var devices = [Int: Set<String>]()
        var (honestNew, fraudNew) = (0, 0)
        for payment in payments {
            let isNew = !devices[payment.payer, default: []].contains(payment.device ?? "")
            if isNew && payment.isFraud { fraudNew += 1 }
            if isNew && !payment.isFraud { honestNew += 1 }
            devices[payment.payer, default: []].insert(payment.device ?? "")
        }
        // More honest payments than frauds come from a new device, and some frauds from a known
        // one.
        #expect(honestNew > fraudNew)
        #expect(fraudNew < frauds.count)
    }
}

@Suite struct LivePopulationTests {
    @Test func `live payments happen when they are asked for, by accounts that are to be opened`() {
        var live = LivePopulation(seed: 9, people: 500)
        let accounts = live.accountsToOpen
        #expect(accounts.map(\.index) == Array(accounts.indices))
        #expect(Set(accounts.map(\.owner)).count == accounts.count)
        var now = Timestamp(1_800_000_000_000_000)
        var frauds = 0
        for _ in 0..<5_000 {
            now = now.adding(milliseconds: 50)
            let payment = live.next(at: now)
            #expect(payment.occurredAt == now)
            #expect(accounts.indices.contains(payment.payer))
            #expect(accounts.indices.contains(payment.payee))
            if payment.isFraud { frauds += 1 }
        }
        #expect(frauds > 50 && frauds < 400)
        #expect(live.joinedCount == 500)
    }

    @Test func `incomes and payments together never overdraw an account`() {
        var live = LivePopulation(seed: 10, people: 60)
        var balances = live.accountsToOpen.map(\.openingBalanceMinor)
        var now = Timestamp(1_800_000_000_000_000)
        for _ in 0..<3_000 {
            now = now.adding(milliseconds: 200)
            let payment = live.next(at: now)
            for income in live.takeTopUps() { balances[income.account] += income.amountMinor }
            #expect(balances[payment.payer] == payment.payerAvailableMinor)
            balances[payment.payer] -= payment.amountMinor
            balances[payment.payee] += payment.amountMinor
            #expect(balances[payment.payer] >= 0)
        }
    }
}
