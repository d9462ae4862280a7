/// Reads comma-separated values (RFC 4180) record by record, in bounded memory and without allocating
/// for each. Lines end in LF or CRLF; the last one need not. A byte order mark is skipped.
struct RecordReader: ~Copyable, Sendable {
    /// What is wrong with a record whose end is known all the same, so that the next one can be read.
    struct Malformation: Sendable, Equatable {
        /// The field, from 0.
        var field: Int
        var reason: String
    }

    /// Line on which the current record begins, from 1.
    private(set) var line = 0
    /// Of the current record; nil if it is well formed.
    private(set) var malformation: Malformation?
    /// Text that was read, in which ``field(_:)`` tells places.
    private(set) var text: [UInt8]

    private var source: ByteSource
    /// `position` ..< `filled` of the text is not yet used.
    private var position = 0
    private var filled = 0
    private var isAtEnd = false
    private var nextLine = 1
    /// Where the current record's fields begin and end in the text, without their quotes.
    private var starts: [Int] = []
    private var ends: [Int] = []
    /// Fields with doubled quotes, which are made single ones once the record is whole.
    private var doubled: [Int] = []

    /// No record is longer, in bytes.
    static let maximumRecordLength = 1 << 20
    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(path: String, hashes: Bool) throws(TableError) {
        source = try ByteSource(path: path, hashes: hashes)
        text = [UInt8](repeating: 0, count: Self.maximumRecordLength)
    }

    var path: String { source.path }
    var fieldCount: Int { ends.count }
    /// How much of the file has been read, 0 … 1.
    var fractionRead: Double { source.fractionRead }

    /// SHA-256 of the whole text, what is not yet read included; empty unless it was asked for. Nothing can be read
    /// afterwards.
    mutating func hashOfAll() throws(TableError) -> [UInt8] {
        while !isAtEnd {
            position = filled
            try fill()
        }
        position = filled
        return source.takeHash()?.bytes ?? []
    }

    /// Where a field of the current record stands in ``text``.
    @inline(__always)
    func field(_ index: Int) -> Range<Int> {
        Range(uncheckedBounds: (starts[index], ends[index]))
    }

    /// Reads the next record; false at the end.
    ///
    /// - Throws: ``TableError`` if the file cannot be read, or if nobody can tell where the record ends: a quote that is
    ///   never closed, or a record beyond ``maximumRecordLength``.
    mutating func next() throws(TableError) -> Bool {
        if line == 0 {
            while filled < 3, !isAtEnd { try fill() }
            if text[..<filled].starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
        }
        while true {
            if position == filled {
                guard !isAtEnd else { return false }
                try fill()
                continue
            }
            switch scan() {
            case .whole:
                if !doubled.isEmpty { makeQuotesSingle() }
                return true
            case .cut:
                guard position > 0 || filled < text.count else {
                    throw TableError(
                        path: path, line: nextLine,
                        reason: "the record is longer than \(Self.maximumRecordLength) bytes; "
                            + "is a quote not closed?")
                }
                try fill()
            case .unclosed:
                throw TableError(
                    path: path, line: nextLine,
                    reason: "a quote in field \(starts.count) is not closed before the file ends")
            }
        }
    }

    /// Moves what is unused to the front and reads on behind it.
    private mutating func fill() throws(TableError) {
        if position > 0 {
            let (from, length) = (position, filled - position)
            text.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                base.copyMemory(from: base + from, byteCount: length)
            }
            (position, filled) = (0, length)
        }
        let from = filled
        // The buffer is lent out and put back: the source may throw, `text` may not be missing.
        var lent: [UInt8] = []
        swap(&lent, &text)
        defer { swap(&lent, &text) }
        var count = 0
        var failure: TableError?
        lent.withUnsafeMutableBytes { bytes in
            do throws(TableError) {
                count = try source.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[from...]))
            } catch { failure = error }
        }
        if let failure { throw failure }
        filled += count
        if count == 0 { isAtEnd = true }
    }

    private enum Scan { case whole, cut, unclosed }

    /// Finds the fields of the record at `position`. Changes nothing but them if it is cut off.
    private mutating func scan() -> Scan {
        starts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        doubled.removeAll(keepingCapacity: true)
        malformation = nil
        let text = self.text
        let bytes = text.span
        let end = filled
        var place = position
        var lines = 1
        while true {
            var isQuoted = false
            if place < end, bytes[place] == Self.quote {
                isQuoted = true
                place += 1
                starts.append(place)
                var hasDoubled = false
                while true {
                    guard place < end else { return isAtEnd ? .unclosed : .cut }
                    let byte = bytes[place]
                    if byte == Self.quote {
                        guard place + 1 < end || isAtEnd else { return .cut }
                        guard place + 1 < end, bytes[place + 1] == Self.quote else { break }
                        hasDoubled = true
                        place += 2
                        continue
                    }
                    if byte == Self.newline { lines += 1 }
                    place += 1
                }
                if hasDoubled { doubled.append(ends.count) }
                ends.append(place)
                place += 1
            } else {
                starts.append(place)
            }
            // To the field's end. All that ends a field is at most a comma.
            while place < end {
                let byte = bytes[place]
                if byte > Self.comma {
                    if isQuoted {
                        malformation =
                            malformation
                            ?? Malformation(
                                field: starts.count - 1, reason: "text after the closing quote")
                    }
                } else if byte == Self.comma || byte == Self.newline {
                    break
                } else if byte == Self.carriageReturn {
                    guard place + 1 < end || isAtEnd else { return .cut }
                    if place + 1 < end, bytes[place + 1] == Self.newline { break }
                    malformation =
                        malformation
                        ?? Malformation(
                            field: starts.count - 1, reason: "a carriage return without a line feed"
                        )
                } else if isQuoted {
                    malformation =
                        malformation
                        ?? Malformation(
                            field: starts.count - 1, reason: "text after the closing quote")
                } else if byte == Self.quote {
                    malformation =
                        malformation
                        ?? Malformation(
                            field: starts.count - 1,
                            reason: "a quote inside a field that does not begin with one")
                }
                place += 1
            }
            guard place < end || isAtEnd else { return .cut }
            if !isQuoted { ends.append(place) }
            if place < end, bytes[place] == Self.comma {
                place += 1
                continue
            }
            if place < end { place += bytes[place] == Self.carriageReturn ? 2 : 1 }
            position = place
            line = nextLine
            nextLine += lines
            return .whole
        }
    }

    /// Closes the gaps that doubled quotes leave, field by field.
    private mutating func makeQuotesSingle() {
        for field in doubled {
            var to = starts[field]
            var from = to
            while from < ends[field] {
                let byte = text[from]
                text[to] = byte
                to += 1
                from += byte == Self.quote ? 2 : 1
            }
            ends[field] = to
        }
    }
}
