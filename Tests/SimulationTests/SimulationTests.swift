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
        let payments = Self.payments(seed: 4, people: 4_000, days: 12)
        let frauds = payments.filter(\.isFraud)
        let share = Double(frauds.count) / Double(payments.count)
        #expect(share > 0.003 && share < 0.02)
        for kind in FraudKind.allCases { #expect(frauds.contains { $0.fraud == kind }) }
    }

    /// What payments show, and whether the payer showed it before.
    private struct Signs {
        var newDevice = 0
        var newPayee = 0
        var noPlace = 0
        var mostOfBalance = 0
        var all = 0

        var shares: [Double] {
            [newDevice, newPayee, noPlace, mostOfBalance].map { Double($0) / Double(all) }
        }
    }

    @Test func `honest payments show every sign more often than frauds do, and no fraud needs one`()
    {
        let payments = Self.payments(seed: 5, people: 1_500, days: 12)
        var devices = [Int: Set<String>]()
        var payees = [Int: Set<Int>]()
        var (honest, fraud) = (Signs(), Signs())
        for payment in payments {
            var signs = payment.isFraud ? fraud : honest
            signs.all += 1
            if devices[payment.payer, default: []].insert(payment.device ?? "").inserted {
                signs.newDevice += 1
            }
            if payees[payment.payer, default: []].insert(payment.payee).inserted {
                signs.newPayee += 1
            }
            if payment.place == nil { signs.noPlace += 1 }
            if 2 * payment.amountMinor > payment.payerAvailableMinor { signs.mostOfBalance += 1 }
            if payment.isFraud { fraud = signs } else { honest = signs }
        }
        #expect(honest.newDevice > fraud.newDevice && honest.newPayee > fraud.newPayee)
        #expect(honest.noPlace > fraud.noPlace && honest.mostOfBalance > fraud.mostOfBalance)
        #expect(fraud.shares.allSatisfy { $0 < 0.9 }, "\(fraud.shares)")
    }

    @Test func `friendly frauds and talked-into payments show the payer's own phone`() {
        let payments = Self.payments(seed: 6, people: 4_000, days: 12)
        var devices = [Int: Set<String>]()
        for payment in payments where !payment.isFraud {
            devices[payment.payer, default: []].insert(payment.device ?? "")
        }
        for kind in [FraudKind.friendly, .mule] {
            let frauds = payments.filter { $0.fraud == kind && devices[$0.payer] != nil }
            let own = frauds.filter { devices[$0.payer]?.contains($0.device ?? "") == true }
            #expect(frauds.count > 10)
            #expect(Double(own.count) > 0.8 * Double(frauds.count), "\(kind)")
        }
    }

    @Test func `payments that game windows come one by one, each after the last has left a window`()
    {
        let payments = Self.payments(seed: 7, people: 4_000, days: 12)
        let lengths: [Double] = [60, 600, 3_600, 86_400]
        var gaps = 0
        for (_, frauds) in Dictionary(
            grouping: payments.filter { $0.fraud == .windowPacing }, by: \.payer)
        {
            for (first, second) in zip(frauds, frauds.dropFirst()) {
                let seconds =
                    Double(second.occurredAt.rawValue - first.occurredAt.rawValue) / 1_000_000
                gaps += 1
                #expect(
                    lengths.contains { seconds > $0 && seconds < 1.13 * $0 } || seconds > 86_400)
            }
        }
        #expect(gaps > 10)
    }

    @Test func `a compromised merchant charges many of its customers`() {
        let payments = Self.payments(seed: 8, people: 4_000, days: 12)
        let charged = Dictionary(
            grouping: payments.filter { $0.fraud == .compromisedMerchant }, by: \.payee)
        #expect(!charged.isEmpty)
        #expect(charged.values.contains { Set($0.map(\.payer)).count > 3 })
    }

    @Test func `people come back after weeks, share flats, and pay strangers`() {
        let payments = Self.payments(seed: 9, people: 600, days: 40).filter { !$0.isFraud }
        var last = [Int: Timestamp]()
        var returns = 0
        var addresses = [String: Set<Int>]()
        for payment in payments {
            if let before = last[payment.payer],
                payment.occurredAt.rawValue - before.rawValue > 20 * 86_400_000_000
            {
                returns += 1
            }
            last[payment.payer] = payment.occurredAt
            addresses[payment.address ?? "", default: []].insert(payment.payer)
        }
        #expect(returns > 0)
        #expect(addresses.values.filter { (2...5).contains($0.count) }.count > 20)
    }
}

@Suite struct PaymentAgendaTests {
    @Test func `payments come in order of time, equal ones as they were planned`() {
        var agenda = PaymentAgenda()
        let times: [Int64] = [5, 3, 5, 9, 3, 1]
        for (index, time) in times.enumerated() {
            agenda.schedule(
                PlannedPayment(due: Timestamp(time), payer: index, payee: 0, amount: .major(1)))
        }
        var taken: [Int] = []
        while let next = agenda.takeDue(by: Timestamp(5)) { taken.append(next.payer) }
        #expect(taken == [5, 1, 4, 0, 2])
        #expect(agenda.takeDue(by: Timestamp(9))?.payer == 3)
        #expect(agenda.takeDue(by: Timestamp(99)) == nil)
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
        #expect(frauds > 10 && frauds < 400)
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
