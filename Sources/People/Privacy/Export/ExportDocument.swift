internal import Identity

/// All that is held of a person, as one JSON document (RFC 8259, UTF-8) that is written piece by piece: what may be long in
/// it is read as it is written.
public struct ExportDocument: Sendable {
    /// The document's members but for the last brace.
    let beginning: [UInt8]
    let person: PersonID
    let listings: [ExportListing]

    /// Hands the document over, in order.
    ///
    /// - Throws: what `send` throws, or ``PeopleError`` if the database is out of reach meanwhile: what was handed over is
    ///   then no whole document.
    public func write(_ send: ([UInt8]) async throws -> Void) async throws {
        try await send(beginning)
        for listing in listings {
            try await send(Array(",\"\(listing.name)\":[".utf8))
            var place: String?
            var isFirst = true
            repeat {
                let page = try await listing.page(person, place)
                var bytes: [UInt8] = []
                for value in page.values {
                    if !isFirst { bytes.append(UInt8(ascii: ",")) }
                    isFirst = false
                    bytes += value.json
                }
                if !bytes.isEmpty { try await send(bytes) }
                place = page.next
            } while place != nil
            try await send([UInt8(ascii: "]")])
        }
        try await send([UInt8(ascii: "}")])
    }
}
