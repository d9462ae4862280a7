internal import Cryptography
public import EventLog
internal import Foundation
public import Logging
public import PostingStream

/// A second, read-only subscriber that prints every event as one line of JSON.
public final class StreamTail: StreamFollower {
    private let from: Sequence
    private var next: Sequence
    private var left: Int
    private let subscriber: Subscriber

    /// `stream`: where the postings come from; this home's own wallet unless given.
    public init(
        _ home: Home, stream: StreamAddress? = nil, from: Sequence, limit: Int?, logger: Logger
    ) throws(OperationError) {
        let address = try home.streamAddress(stream)
        let keys = try StreamKeys(home).clientKeys(address)
        self.from = from
        next = from
        left = limit ?? Int.max
        subscriber = Subscriber(address: address.text, keys: keys, logger: logger)
    }

    /// Prints until stopped, or until the limit is reached.
    public func run(_ stop: StopSignal) throws {
        let subscriber = subscriber
        stop.onRaise { subscriber.stop() }
        try subscriber.run(self)
    }

    /// Always: a reader has nothing to decide.
    public var isLive: Bool { true }
    /// Asks for what was not printed yet, as a reader.
    public func hello() -> Hello {
        Hello(
            role: .reader, logID: .none, sequence: next.advanced(by: -1), runningHash: .start)
    }
    /// Nothing is to be done: printing begins with the first batch.
    public func welcome(_ welcome: Welcome) {}
    /// Nothing is to be done: a reader has no state.
    public func reset(_ detail: String) {}
    /// Nothing: a reader decides nothing.
    public func idle() -> [TransferDecision] { [] }

    /// Prints the batch's events. Throws if they cannot be read.
    public func receive(_ batch: StoredBatch) throws -> [TransferDecision] {
        let events = try EventBatch(encoded: batch.payload)
        var text = ""
        for index in 0..<events.count {
            let event = events.event(at: index)
            guard event.sequence >= next, left > 0 else { continue }
            text += EventLine.line(of: event, in: events, at: index) + "\n"
            left -= 1
        }
        let isRead = StandardStream.output.write(text)
        next = batch.lastSequence.advanced(by: 1)
        if left == 0 || !isRead { subscriber.stop() }
        return []
    }
}

/// An event as one line of JSON.
enum EventLine {
    static func line(of event: Event, in batch: EventBatch, at index: Int) -> String {
        var fields: [String] = [
            #""sequence":\#(event.sequence.rawValue)"#,
            #""recorded_at":\#(event.recordedAt.rawValue)"#,
            #""kind":"\#(event.kind)""#, #""cause":"\#(event.cause)""#,
        ]
        if event.transfer != .none {
            fields += [
                #""transfer":"\#(event.transfer)""#, #""transfer_kind":"\#(event.transferKind)""#,
                #""state":"\#(event.state)""#,
            ]
        }
        if event.payer != .none { fields.append(#""payer":\#(event.payer.rawValue)"#) }
        if event.payee != .none { fields.append(#""payee":\#(event.payee.rawValue)"#) }
        if event.amount != 0 { fields.append(#""amount_minor":\#(event.amount)"#) }
        if let currency = Currency(number: event.currency) {
            fields.append(#""currency":"\#(currency.code)""#)
        }
        let legs = batch.legs[batch.legRange(of: index)].map { leg in
            #"{"role":"\#(leg.role)","from":\#(leg.from.rawValue),"to":\#(leg.to.rawValue),"#
                + #""amount_minor":\#(leg.amount),"from_posted":\#(leg.fromPosted),"#
                + #""from_reserved":\#(leg.fromReserved),"to_posted":\#(leg.toPosted),"#
                + #""to_reserved":\#(leg.toReserved)}"#
        }
        if !legs.isEmpty { fields.append(#""legs":[\#(legs.joined(separator: ","))]"#) }
        if let decision = batch.decisions.value(at: index) {
            fields.append(
                #""decision":{"action":"\#(decision.action)","score":\#(decision.score),"#
                    + #""score_bits":"\#(String(decision.scoreBits, radix: 16))","epoch":\#(decision.epoch),"#
                    + #""sequence":\#(decision.sequence.rawValue),"elapsed_micros":\#(decision.elapsedMicros)}"#
            )
        }
        fields += details(of: batch, at: index)
        return "{" + fields.joined(separator: ",") + "}"
    }

    /// What only some kinds of events have.
    private static func details(of batch: EventBatch, at index: Int) -> [String] {
        var fields: [String] = []
        if let label = batch.labels.value(at: index) {
            fields.append(
                #""label":{"verdict":"\#(label.verdict)","reserve":\#(label.reserve.rawValue)}"#)
        }
        if let engine = batch.engines.value(at: index) {
            fields.append(
                #""engine":{"epoch":\#(engine.epoch),"build":\#(quoted(engine.build)),"#
                    + #""model":"\#(Hexadecimal.encode(engine.modelHash))","#
                    + #""fingerprint":\#(quoted(engine.fingerprint))}"#)
        }
        if let policy = batch.policies.value(at: index) {
            fields.append(
                #""policy":{"model":"\#(Hexadecimal.encode(policy.modelHash))","#
                    + #""challenger":"\#(Hexadecimal.encode(policy.challengerHash))","#
                    + #""rules":\#(quoted(policy.rules))}"#)
        }
        if let entry = batch.listEntries.value(at: index) {
            fields.append(
                #""list":{"name":"\#(entry.list)","subject":"\#(entry.subject)","#
                    + #""key":"\#(String(entry.key, radix: 16))","until":\#(entry.until.rawValue),"#
                    + #""removed":\#(entry.isRemoved)}"#)
        }
        return fields
    }

    /// A text as JSON has it.
    private static func quoted(_ text: String) -> String {
        guard let data = try? JSONEncoder().encode(text) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }
}
