package import EventLog

/// Messages as they go over the wire, without the peer in front: for the publisher's shell, and for measuring what
/// messages of their sizes cost without a protocol.
package enum StreamMessage {
    /// The frame, the events and their risk contexts.
    package static func batch(_ batch: StoredBatch, session: UInt64) -> [[UInt8]] {
        let frame = Frame(
            session: session,
            body: .batch(
                first: batch.firstSequence, last: batch.lastSequence, hash: batch.runningHash))
        let contexts = (try? batch.contexts.encoded()) ?? []
        return [frame.encoded(), batch.payload, contexts]
    }

    /// One decision of an engine.
    package static func decision(_ decision: TransferDecision, session: UInt64) -> [UInt8] {
        Frame(session: session, body: .decisions([decision])).encoded()
    }
}
