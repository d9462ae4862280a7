internal import Hummingbird
internal import NIOCore

/// Parameters of OAuth, in a query or a body of `application/x-www-form-urlencoded`. What is not known is left alone, as
/// the standard asks (RFC 6749, section 3.1); what is given twice is refused.
struct FormFields {
    private let values: [(name: String, value: String)]

    /// The parameters of a request's query.
    init(query request: Request) throws(Problem) {
        try self.init(request.uri.query ?? "")
    }

    /// The parameters of a request's body.
    init(body request: Request) async throws {
        guard let type = request.headers[.contentType]?.split(separator: ";").first,
            type.lowercased() == "application/x-www-form-urlencoded"
        else {
            throw Problem.grant(
                .request("the body must be of type application/x-www-form-urlencoded"))
        }
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: Submission.maximumBytes)
        } catch is NIOTooManyBytesError { throw Problem.tooLarge(Submission.maximumBytes) }
        try self.init(String(buffer: buffer))
    }

    init(_ text: String) throws(Problem) {
        var values: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]),
                let value = Self.decoded(parts.count == 2 ? parts[1] : "")
            else {
                throw .grant(.request("the parameter \(parts[0]) is not percent-encoded UTF-8"))
            }
            guard values.count < 32 else {
                throw .grant(.request("there are more than 32 parameters"))
            }
            guard !values.contains(where: { $0.name == name }) else {
                throw .grant(.request("the parameter \(name) is given twice"))
            }
            values.append((name, value))
        }
        self.values = values
    }

    /// A parameter's value; nil where it is left out or empty, which means the same.
    subscript(_ name: String) -> String? {
        values.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// A parameter that must be there.
    func required(_ name: String) throws(Problem) -> String {
        guard let value = self[name] else {
            throw .grant(.request("the parameter \(name) is missing"))
        }
        return value
    }

    /// Percent-encoded text with pluses for spaces; nil if it is malformed, or has a NUL, which no value may.
    static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2,
                    let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                rest = rest.dropFirst(2)
                bytes.append(value)
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
