internal import Cryptography
public import EventLog
internal import Foundation
internal import SwiftProtobuf

/// Who subscribes, and for what.
public enum SubscriberRole: Sendable, Equatable {
    /// Decides; one at a time.
    case engine(EngineDetail)
    /// Only reads.
    case reader
}

/// Opens a session: events after `sequence` are wanted.
public struct Hello: Sendable, Equatable {
    /// Who subscribes.
    public var role: SubscriberRole
    /// The log that the subscriber's state belongs to; `none` before the first event.
    public var logID: TransferID
    /// The last event that the subscriber has.
    public var sequence: Sequence
    /// Of the log up to `sequence`, as the subscriber knows it; an engine's must be the log's.
    public var runningHash: RunningHash
    /// How many events may be under way.
    public var eventCredit: Int
    /// How many batches may be under way.
    public var batchCredit: Int

    /// A hello; credits are in events and in batches.
    public init(
        role: SubscriberRole, logID: TransferID, sequence: Sequence, runningHash: RunningHash,
        eventCredit: Int = Subscriber.eventCredit, batchCredit: Int = Subscriber.batchCredit
    ) {
        self.role = role
        self.logID = logID
        self.sequence = sequence
        self.runningHash = runningHash
        self.eventCredit = eventCredit
        self.batchCredit = batchCredit
    }
}

/// A session is open.
public struct Welcome: Sendable, Equatable {
    /// The log that is streamed.
    public var logID: TransferID
    /// Under which an engine decides; 0 for readers, and for engines that stand by while another one decides.
    public var epoch: UInt32
    /// Events up to here are history.
    public var head: Sequence
    /// Batches begin after this event, which ends a batch.
    public var after: Sequence

    /// The publisher's answer to a hello.
    public init(logID: TransferID, epoch: UInt32, head: Sequence, after: Sequence) {
        self.logID = logID
        self.epoch = epoch
        self.head = head
        self.after = after
    }
}

/// One message of the stream.
struct Frame: Sendable, Equatable {
    enum Body: Sendable, Equatable {
        case hello(Hello)
        case welcome(Welcome)
        case refused(RefusalReason, String)
        case consumed(Sequence)
        case batch(first: Sequence, last: Sequence, hash: RunningHash)
        case decisions([TransferDecision])
        case heartbeat(live: Bool)
    }
    var session: UInt64
    var body: Body

    static let version: UInt32 = 1
    /// No frame that a subscriber sends is larger, in bytes. Those of decisions see to it, see
    /// ``encoded(_:session:)``.
    static let maximumBytes = 1 << 20
}

/// Why a session is not opened, or ends.
public enum RefusalReason: Int, Sendable {
    /// The subscriber's state is not of this log: it must begin at the first event.
    case foreignState = 1
    /// A newer engine decides.
    case superseded = 2
    case unavailable = 3
}

/// Why a message is not a frame.
struct FrameError: Error, Sendable, Equatable {
    var detail: String
}

extension Frame {
    /// The frame's part of the message.
    func encoded() -> [UInt8] {
        var wire = WireFrame()
        wire.version = Self.version
        wire.session = session
        switch body {
        case .hello(let hello): wire.hello = WireHello(hello)
        case .welcome(let welcome):
            wire.welcome = .with {
                $0.logHigh = welcome.logID.high
                $0.logLow = welcome.logID.low
                $0.epoch = welcome.epoch
                $0.head = welcome.head.rawValue
                $0.after = welcome.after.rawValue
            }
        case .refused(let reason, let detail):
            wire.refused = .with {
                $0.reason = WireRefused.Reason(rawValue: reason.rawValue) ?? .unspecified
                $0.detail = detail
            }
        case .consumed(let sequence): wire.consumed = .with { $0.sequence = sequence.rawValue }
        case .batch(let first, let last, let hash):
            wire.batch = .with {
                $0.firstSequence = first.rawValue
                $0.lastSequence = last.rawValue
                $0.runningHash = Data(hash.digest.bytes)
            }
        case .decisions(let decisions): wire.decisions = WireDecisions(decisions)
        case .heartbeat(let live): wire.heartbeat = .with { $0.live = live }
        }
        // Encoding fails only for missing required fields, which proto3 does not have.
        return (try? wire.serializedBytes()) ?? []
    }

    init(encoded bytes: [UInt8]) throws(FrameError) {
        let wire: WireFrame
        do { wire = try WireFrame(serializedBytes: bytes) } catch {
            throw FrameError(detail: "not a frame: \(error)")
        }
        guard wire.version == Self.version else {
            throw FrameError(
                detail: "version \(wire.version) is not known; this build speaks \(Self.version)")
        }
        session = wire.session
        switch wire.body {
        case .hello(let hello): body = .hello(try Hello(hello))
        case .welcome(let welcome):
            guard (0..<Int64.max).contains(welcome.after) else {
                throw FrameError(detail: "a welcome without its place")
            }
            body = .welcome(
                Welcome(
                    logID: TransferID(high: welcome.logHigh, low: welcome.logLow),
                    epoch: welcome.epoch, head: Sequence(welcome.head),
                    after: Sequence(welcome.after)))
        case .refused(let refused):
            body = .refused(
                RefusalReason(rawValue: refused.reason.rawValue) ?? .unavailable, refused.detail)
        case .consumed(let consumed): body = .consumed(Sequence(consumed.sequence))
        case .batch(let batch):
            guard let digest = SHA256Digest(bytes: batch.runningHash), batch.firstSequence > 0,
                batch.lastSequence >= batch.firstSequence, batch.lastSequence < Int64.max
            else { throw FrameError(detail: "a batch without its place or hash") }
            body = .batch(
                first: Sequence(batch.firstSequence), last: Sequence(batch.lastSequence),
                hash: RunningHash(digest))
        case .decisions(let decisions): body = .decisions(try decisions.decoded())
        case .heartbeat(let heartbeat): body = .heartbeat(live: heartbeat.live)
        case nil: throw FrameError(detail: "a frame without a body")
        }
    }
}

extension WireHello {
    init(_ hello: Hello) {
        self.init()
        logHigh = hello.logID.high
        logLow = hello.logID.low
        sequence = hello.sequence.rawValue
        runningHash = Data(hello.runningHash.digest.bytes)
        eventCredit = UInt32(clamping: hello.eventCredit)
        batchCredit = UInt32(clamping: hello.batchCredit)
        switch hello.role {
        case .reader: role = .reader
        case .engine(let detail):
            role = .engine
            engine = .with {
                $0.epoch = detail.epoch
                $0.build = detail.build
                $0.catalogueHash = Data(detail.catalogueHash)
                $0.modelHash = Data(detail.modelHash)
                $0.rulesHash = Data(detail.rulesHash)
                $0.fingerprint = detail.fingerprint
            }
        }
    }
}

extension Hello {
    init(_ wire: WireHello) throws(FrameError) {
        // There must be a sequence after it.
        guard let digest = SHA256Digest(bytes: wire.runningHash),
            (0..<Int64.max).contains(wire.sequence)
        else {
            throw FrameError(detail: "a hello without its place or hash")
        }
        let role: SubscriberRole
        switch wire.role {
        case .reader: role = .reader
        case .engine:
            guard wire.hasEngine, wire.engine.catalogueHash.count == 32,
                wire.engine.modelHash.count == 32,
                wire.engine.build.utf8.count <= 256, wire.engine.fingerprint.utf8.count <= 4_096,
                wire.engine.rulesHash.count <= 32
            else { throw FrameError(detail: "an engine that does not say what it is") }
            role = .engine(
                EngineDetail(
                    epoch: wire.engine.epoch, build: wire.engine.build,
                    catalogueHash: [UInt8](wire.engine.catalogueHash),
                    modelHash: [UInt8](wire.engine.modelHash),
                    rulesHash: [UInt8](wire.engine.rulesHash),
                    fingerprint: wire.engine.fingerprint))
        default: throw FrameError(detail: "a hello of an unknown role")
        }
        guard wire.eventCredit > 0, wire.batchCredit > 0 else {
            throw FrameError(detail: "a hello without credit")
        }
        self.init(
            role: role, logID: TransferID(high: wire.logHigh, low: wire.logLow),
            sequence: Sequence(wire.sequence), runningHash: RunningHash(digest),
            eventCredit: Int(wire.eventCredit), batchCredit: Int(wire.batchCredit))
    }
}
