internal import EventLog
internal import Features
internal import Glibc
internal import SplitMix

/// Measures what the engine's state of a payer costs: resident memory before and after many payers have made some
/// transactions each within the windows, divided by the payers. Payees, pairs, devices, instruments, addresses, places and
/// merchant categories are in it, as are the payees that many payers share.
///
/// A payer here has five usual payees and now and then one of ten thousand others, a device and now and then another, one
/// instrument, two addresses, three usual places and now and then another, and four merchant categories; every payment is
/// posted, one in two hundred is confirmed as fraud.
public struct PayerMemoryBenchmark {
    /// Accounts that pay.
    public var payers = 50_000
    /// Payments of each, within 29 days.
    public var transactions = 30

    /// A benchmark of 50,000 payers with 30 payments each.
    public init() {}

    /// Resident bytes a payer.
    public func run() -> Double {
        var state = FeatureState()
        let row = UnsafeMutableBufferPointer<Double>.allocate(capacity: FeatureCatalogue.count)
        defer { row.deallocate() }
        var random = SplitMix64(seed: 7)
        var sequence: Int64 = 0
        let before = Self.residentBytes()
        let step = 29 * 86_400_000_000 / Int64(max(1, transactions))
        for round in 0..<transactions {
            for payer in 0..<payers {
                let time =
                    1_750_000_000_000_000 + Int64(round) * step
                    + Int64(payer) * step / Int64(payers)
                pay(
                    payer, round, Timestamp(time), &sequence, &random, &state,
                    row)
            }
        }
        let after = Self.residentBytes()
        precondition(state.attemptCount == payers * transactions, "attempts were lost")
        return Double(after - before) / Double(payers)
    }

    private func pay(
        _ payer: Int, _ round: Int, _ time: Timestamp, _ sequence: inout Int64,
        _ random: inout SplitMix64, _ state: inout FeatureState,
        _ row: UnsafeMutableBufferPointer<Double>
    ) {
        sequence += 1
        let usual = random.below(10) < 8
        let payee = usual ? (payer * 31 + random.below(5) * 977) % 10_000 : random.below(10_000)
        let base = UInt64(payer + 1)
        let home = Int32(payer % 5_000)
        let place = random.below(10) < 9 ? Int32(random.below(3)) : Int32(random.below(40))
        var event = Event(
            sequence: Sequence(sequence), recordedAt: time, kind: .reserved,
            transferKind: .payment, state: .reserved,
            transfer: TransferID(high: base, low: UInt64(round)),
            payer: AccountID(Int64(payer + 1)), payee: AccountID(Int64(10_000_000 + payee)),
            amount: Int64(100 + random.below(20_000)), currency: 840)
        let context = RiskContext(
            device: Token(base << 8 | (random.below(20) == 0 ? 1 : 0)),
            instrument: Token(base << 20), address: Token(base << 32 | UInt64(random.below(2))),
            latitude: 40_000_000 + home % 70 * 100_000 + place * 12_000,
            longitude: home / 70 * 100_000 + place * 15_000, hasPlace: true,
            merchantCategory: UInt16(5_000 + payee % 4), country: CountryCode("DE") ?? .none)
        _ = state.apply(event, leg: nil, context: context, into: row)
        let reserve = Sequence(sequence)
        sequence += 1
        event.sequence = Sequence(sequence)
        event.kind = .posted
        event.state = .posted
        _ = state.apply(event, leg: nil, context: .empty, into: row)
        guard random.below(200) == 0 else { return }
        sequence += 1
        event.sequence = Sequence(sequence)
        event.kind = .labelled
        _ = state.apply(
            event, leg: nil, context: .empty, label: TransferLabel(.fraud, of: reserve), into: row)
    }

    /// Of this process.
    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 256)
        guard fgets(&text, 255, file) != nil else { return 0 }
        let fields = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self
        )
        .split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
