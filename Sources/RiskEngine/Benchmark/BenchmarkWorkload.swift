public import EventLog
internal import SplitMix

/// An event log in memory for measuring: every transfer is reserved in one batch and posted in the next.
public struct BenchmarkWorkload: Sendable {
    /// One batch as it comes from the stream.
    public struct Batch: Sendable {
        /// The events in wire encoding.
        public var payload: [UInt8]
        /// Their risk contexts in wire encoding.
        public var contexts: [UInt8]
        /// The log's running hash after it.
        public var hash: RunningHash
    }

    /// How large a workload is, and how it is spread.
    public struct Settings: Sendable {
        /// Events of the log, about.
        public var events = 1_000_000
        /// Accounts that pay, drawn by Zipf's law.
        public var payers = 100_000
        /// Accounts that are paid.
        public var payees = 10_000
        /// Events of one batch.
        public var batchEvents = 200
        /// Time from the first event to the last.
        public var spanSeconds: Int64 = 3 * 86_400
        /// Of all random choices: equal settings give equal bytes.
        public var seed: UInt64 = 1
        /// A million events of 100,000 payers over three days.
        public init() {}
    }

    /// The log's batches, in order.
    public let batches: [Batch]
    /// Events of all batches.
    public let eventCount: Int

    /// Builds the log. Every fourth reserve visits the payers in turn, so that all of them are active.
    public init(_ settings: Settings) throws(WireError) {
        var random = SplitMix64(seed: settings.seed)
        let payers = ZipfDistribution(count: settings.payers)
        let payees = ZipfDistribution(count: settings.payees)
        let perBatch = max(1, settings.batchEvents / 2)
        let batchCount = max(1, settings.events / settings.batchEvents)
        let step = settings.spanSeconds * 1_000_000 / Int64(batchCount)
        var batches: [Batch] = []
        var waiting: [(Event, Leg)] = []
        var sequence = Sequence(1)
        var hash = RunningHash.start
        var reserved = 0
        for number in 0..<batchCount {
            let now = Timestamp(1_750_000_000_000_000 + Int64(number) * step)
            var batch = EventBatch(firstSequence: sequence, recordedAt: now)
            for (event, leg) in waiting {
                let decision = Decision(
                    action: .approve, scoreBits: 0, featureDigest: 0, sequence: event.sequence,
                    epoch: 1, elapsedMicros: 100)
                batch.append(event, legs: [leg], decision: decision)
            }
            waiting.removeAll(keepingCapacity: true)
            var contexts: [EventBatch.Indexed<RiskContext>] = []
            for _ in 0..<perBatch {
                let isVisit = reserved % 4 == 0 && reserved / 4 < settings.payers
                let payer = isVisit ? reserved / 4 : payers.draw(&random)
                reserved += 1
                let (event, leg, context) = Self.reserve(
                    payer: payer, payee: payees.draw(&random), now: now, random: &random)
                let index = batch.append(event, legs: [leg])
                contexts.append(EventBatch.Indexed(index: index, value: context))
                waiting.append(Self.posted(event, leg, sequence.advanced(by: index)))
            }
            let payload = try batch.encoded()
            hash = hash.adding(payload: payload)
            batches.append(
                Batch(
                    payload: payload, contexts: try RiskContexts(contexts).encoded(), hash: hash))
            sequence = sequence.advanced(by: batch.count)
        }
        self.batches = batches
        eventCount = Int(sequence.rawValue - 1)
    }

    private static func reserve(
        payer: Int, payee: Int, now: Timestamp, random: inout SplitMix64
    ) -> (Event, Leg, RiskContext) {
        let amount = Int64(100 + random.below(20_000))
        let event = Event(
            recordedAt: now, kind: .reserved, transferKind: .payment, state: .reserved,
            transfer: TransferID(milliseconds: now.rawValue / 1000, random: &random),
            payer: AccountID(Int64(payer + 1)), payee: AccountID(Int64(1_000_000 + payee)),
            amount: amount, currency: 840, decideBy: now.adding(milliseconds: 500),
            expiresAt: now.adding(milliseconds: 500), onExpiry: .failPolicy)
        let leg = Leg(
            from: event.payer, to: event.payee, amount: amount, fromPosted: 500_000,
            fromReserved: amount, toPosted: 10_000)
        let base = UInt64(payer + 1)
        let isUsual = random.below(100) < 95
        let context = RiskContext(
            device: Token(isUsual ? base << 8 : base << 8 | UInt64(1 + random.below(3))),
            instrument: Token(base << 20), address: Token(base << 32 | UInt64(random.below(3))),
            latitude: Int32(payer % 100 * 500_000) + Int32(random.below(100_000)),
            longitude: Int32(payer % 300 * 500_000) + Int32(random.below(100_000)), hasPlace: true,
            merchantCategory: 5411, country: CountryCode("DE") ?? .none, initiatedAt: now)
        return (event, leg, context)
    }

    private static func posted(_ event: Event, _ leg: Leg, _ sequence: Sequence) -> (Event, Leg) {
        var (event, leg) = (event, leg)
        event.kind = .posted
        event.cause = .decision
        event.state = .posted
        event.sequence = sequence
        event.decideBy = .none
        event.expiresAt = .none
        event.onExpiry = .none
        leg.fromPosted -= leg.amount
        leg.fromReserved -= leg.amount
        leg.toPosted += leg.amount
        return (event, leg)
    }
}
