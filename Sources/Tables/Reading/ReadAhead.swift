internal import Foundation
internal import Synchronization

/// Reads a table on a thread of its own, a few batches ahead of whoever works on them.
final class ReadAhead: Sendable {
    private let reader: Mutex<TransactionReader>
    private let batches = Handoff<RowBatch>(capacity: 4)
    /// Batches to be filled again.
    private let empty = Mutex<[RowBatch]>([])
    private let failure = Mutex<TableError?>(nil)
    private let fraction = Mutex(0.0)
    private let ended = DispatchSemaphore(value: 0)

    /// Begins to read.
    init(_ reader: consuming sending TransactionReader) {
        self.reader = Mutex(reader)
        let thread = Thread { [self] in
            read()
            ended.signal()
        }
        thread.name = "table"
        thread.start()
    }

    private func read() {
        reader.withLock { reader in
            do throws(TableError) {
                while true {
                    var batch = empty.withLock { $0.popLast() } ?? RowBatch()
                    guard try reader.read(into: &batch) else { break }
                    let done = reader.fractionRead
                    fraction.withLock { $0 = done }
                    guard batches.put(batch) else { break }
                }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        batches.finish()
    }

    /// The next rows; nil at the end of the table. To be asked from one thread.
    ///
    /// - Throws: ``TableError`` where the table cannot be read any further; rows before were given.
    func next() throws(TableError) -> RowBatch? {
        if let batch = batches.take() { return batch }
        if let error = failure.withLock({ $0 }) { throw error }
        return nil
    }

    /// Takes back a batch that is done with, so that its room is used again.
    func reuse(_ batch: RowBatch) { empty.withLock { $0.append(batch) } }

    /// How much of the file has been read, 0 … 1.
    var fractionRead: Double { fraction.withLock { $0 } }

    /// Nothing more is wanted.
    func abandon() { batches.abandon() }

    /// Ends reading, at the table's end or before it, and lends out the reader.
    func finish<Result: Sendable>(
        _ body: (inout TransactionReader) throws(TableError) -> Result
    ) throws(TableError) -> Result {
        batches.abandon()
        ended.wait()
        ended.signal()
        let outcome: Swift.Result<Result, TableError> = reader.withLock { reader in
            do throws(TableError) { return .success(try body(&reader)) } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}
