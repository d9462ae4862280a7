public import EventLog
internal import Foundation
package import Identity
package import PostgreSQL
package import Vault

/// A value of a document that a person is given: JSON (RFC 8259) of which members keep the order in which they were given.
public indirect enum ExportValue: Sendable, Equatable {
    /// `null`.
    case none
    /// `true` or `false`.
    case flag(Bool)
    /// A whole number.
    case number(Int64)
    /// A string.
    case text(String)
    /// An array.
    case list([ExportValue])
    /// An object.
    case members([ExportMember])

    /// A moment, as RFC 3339 writes it.
    public static func moment(_ moment: Timestamp) -> ExportValue { .text(moment.rfc3339()) }

    /// A moment; nil for none.
    public static func moment(_ moment: Timestamp?) -> ExportValue {
        moment.map { .text($0.rfc3339()) } ?? .none
    }

    /// A text; nil for none.
    public static func text(_ text: String?) -> ExportValue { text.map { .text($0) } ?? .none }

    /// Members in this order.
    public static func members(_ members: KeyValuePairs<String, ExportValue>) -> ExportValue {
        .members(members.map { ExportMember($0.key, $0.value) })
    }

    /// As JSON in UTF-8, without spaces or line breaks.
    public var json: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .none: bytes += "null".utf8
        case .flag(let flag): bytes += (flag ? "true" : "false").utf8
        case .number(let number): bytes += "\(number)".utf8
        case .text(let text): Self.write(text, to: &bytes)
        case .list(let values):
            Self.write(values, "[", "]", to: &bytes) { $0.write(to: &$1) }
        case .members(let members):
            Self.write(members, "{", "}", to: &bytes) {
                Self.write($0.name, to: &$1)
                $1.append(UInt8(ascii: ":"))
                $0.value.write(to: &$1)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], _ open: Unicode.Scalar, _ close: Unicode.Scalar,
        to bytes: inout [UInt8], _ write: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(element, &bytes)
        }
        bytes.append(UInt8(ascii: close))
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension ExportValue {
    /// A number; nil for none.
    package static func number(_ number: Int64?) -> ExportValue {
        number.map { .number($0) } ?? .none
    }

    /// What was sealed; none for nothing, and for what does not open.
    package static func text(
        sealed: [UInt8]?, as field: String, under key: DataKey
    ) -> ExportValue {
        .text(
            sealed.flatMap { try? key.open($0, as: field) }
                .map { String(decoding: $0, as: UTF8.self) })
    }

    /// What a statement finds of a person, in its order.
    package static func list(
        _ statement: Statement, of person: PersonID, on connection: inout Connection,
        _ member: (borrowing Rows, Int) -> ExportValue
    ) throws(PostgreSQLError) -> ExportValue {
        let rows = try connection.query(statement, Parameters { $0.add(person) })
        var members: [ExportValue] = []
        for row in 0..<rows.count { members.append(member(rows, row)) }
        return .list(members)
    }
}

/// One member of a document's object.
public struct ExportMember: Sendable, Equatable {
    /// What it is called.
    public let name: String
    /// What it says.
    public let value: ExportValue

    /// A member; its object has no other of the name.
    public init(_ name: String, _ value: ExportValue) {
        self.name = name
        self.value = value
    }
}
