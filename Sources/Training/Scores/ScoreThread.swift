internal import Foundation
internal import LinearAlgebra
internal import Synchronization
internal import Tables

/// Rows whose inputs are known, on their way to be scored. One thread has it at a time: it is handed over, never shared.
final class ScoreWork: @unchecked Sendable {
    var batch: RowBatch
    /// The batch's rows that are scored; their inputs stand in the first rows of `inputs`.
    var given: [Int] = []
    let inputs: Matrix

    init(_ batch: RowBatch, columns: Int) {
        self.batch = batch
        inputs = Matrix(rows: max(batch.count, 1_024), columns: columns)
    }
}

/// Scores and writes on a thread of its own, in the order in which work is put in: while it does so the next rows are
/// read and replayed.
final class ScoreThread: Sendable {
    private let writer: Mutex<ScoreWriter?>
    private let work = Handoff<ScoreWork>(capacity: 3)
    private let done = Mutex<[ScoreWork]>([])
    private let failure = Mutex<OutputError?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    init(_ writer: consuming sending ScoreWriter) {
        self.writer = Mutex(writer)
        let thread = Thread { [self] in
            run()
            ended.signal()
        }
        thread.name = "scores"
        thread.start()
    }

    private func run() {
        writer.withLock { writer in
            while let item = work.take() {
                do throws(OutputError) {
                    try writer?.append(item.batch, item.given, item.inputs)
                } catch {
                    failure.withLock { $0 = error }
                    work.abandon()
                    return
                }
                done.withLock { $0.append(item) }
            }
        }
    }

    /// Work for a batch, with room for the inputs of all its rows.
    ///
    /// - Parameter reuse: is given an earlier batch that is done with.
    func room(
        for batch: RowBatch, columns: Int, reuse: (RowBatch) -> Void
    ) -> ScoreWork {
        guard let spare = done.withLock({ $0.popLast() }), spare.inputs.columns == columns,
            spare.inputs.rows >= batch.count
        else { return ScoreWork(batch, columns: columns) }
        spare.given.removeAll(keepingCapacity: true)
        reuse(spare.batch)
        spare.batch = batch
        return spare
    }

    /// Puts work in; false if the output cannot be written any more.
    func put(_ item: ScoreWork) -> Bool { work.put(item) }

    /// Waits until all is written, and puts the output in its place.
    func commit() throws(OutputError) {
        work.finish()
        ended.wait()
        if let error = failure.withLock({ $0 }) { throw error }
        let outcome: Result<Void, OutputError> = writer.withLock { writer in
            do throws(OutputError) { return .success(try writer?.commit() ?? ()) } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// Leaves nothing behind.
    func abandon() {
        work.abandon()
        work.finish()
        ended.wait()
        writer.withLock { $0 = nil }
    }
}
