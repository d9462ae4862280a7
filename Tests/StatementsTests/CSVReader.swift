/// A strict reader of RFC 4180: records end in CR LF, every record has as many fields as the first,
/// quotation marks stand around whole fields or are doubled within one.
enum CSVReader {
    struct Failure: Error, Equatable {
        let reason: String
        let offset: Int
    }

    static func records(_ bytes: [UInt8]) throws(Failure) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var offset = 0
        while offset < bytes.count {
            record.append(try field(bytes, &offset))
            guard offset < bytes.count else { throw Failure(reason: "no end", offset: offset) }
            if bytes[offset] == UInt8(ascii: ",") {
                offset += 1
                continue
            }
            guard bytes[offset...].starts(with: [0x0d, 0x0a]) else {
                throw Failure(reason: "neither a comma nor a line end", offset: offset)
            }
            offset += 2
            guard records.isEmpty || record.count == records[0].count else {
                throw Failure(reason: "\(record.count) fields", offset: offset)
            }
            records.append(record)
            record = []
        }
        return records
    }

    private static func field(_ bytes: [UInt8], _ offset: inout Int) throws(Failure) -> String {
        var field: [UInt8] = []
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
            while offset < bytes.count, !",\r\n\"".utf8.contains(bytes[offset]) {
                field.append(bytes[offset])
                offset += 1
            }
            return try text(field, offset)
        }
        offset += 1
        while offset < bytes.count {
            if bytes[offset] == UInt8(ascii: "\"") {
                offset += 1
                guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
                    return try text(field, offset)
                }
            }
            field.append(bytes[offset])
            offset += 1
        }
        throw Failure(reason: "a quotation mark without its partner", offset: offset)
    }

    private static func text(_ bytes: [UInt8], _ offset: Int) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(reason: "no UTF-8", offset: offset)
        }
        return text
    }
}
