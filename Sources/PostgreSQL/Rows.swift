internal import CPostgreSQL

/// The rows of one result, in binary format; owns libpq's memory.
public struct Rows: ~Copyable {
    private let result: OpaquePointer
    /// Number of rows.
    public let count: Int

    init(_ result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    /// Whether there is no row, as after a statement that returns none.
    public var isEmpty: Bool { count == 0 }

    /// Whether a value is NULL. Rows and columns count from 0; so they do in all that follows.
    public func isNull(_ row: Int, _ column: Int) -> Bool {
        PQgetisnull(result, Int32(row), Int32(column)) == 1
    }

    /// A `bigint`, `int` or `smallint`.
    public func int(_ row: Int, _ column: Int) -> Int64 {
        let bytes = value(row, column)
        switch bytes.count {
        case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case 2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        default: preconditionFailure("column \(column) is not a whole number")
        }
    }

    /// A `bigint`, `int` or `smallint`; nil for NULL.
    public func optionalInt(_ row: Int, _ column: Int) -> Int64? {
        isNull(row, column) ? nil : int(row, column)
    }

    /// A `boolean`; NULL reads as false.
    public func bool(_ row: Int, _ column: Int) -> Bool {
        value(row, column).first == 1
    }

    /// A `uuid`, as two halves.
    public func uuid(_ row: Int, _ column: Int) -> (high: UInt64, low: UInt64) {
        let bytes = value(row, column)
        precondition(bytes.count == 16, "column \(column) is not a uuid")
        return (
            UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }

    /// A `uuid`, as two halves; nil for NULL.
    public func optionalUUID(_ row: Int, _ column: Int) -> (high: UInt64, low: UInt64)? {
        isNull(row, column) ? nil : uuid(row, column)
    }

    /// A `bytea`.
    public func bytes(_ row: Int, _ column: Int) -> [UInt8] { [UInt8](value(row, column)) }

    /// A `text`.
    public func text(_ row: Int, _ column: Int) -> String {
        String(decoding: value(row, column), as: UTF8.self)
    }

    private func value(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(result, Int32(row), Int32(column)),
            count: Int(PQgetlength(result, Int32(row), Int32(column))))
    }
}
