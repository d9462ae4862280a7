/// A request over HTTP (RFC 9110).
public struct WebRequest: Sendable, Equatable {
    /// What is asked for.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }
    /// A header field.
    public struct Field: Sendable, Equatable {
        /// Its name, case not told apart.
        public var name: String
        /// Its value.
        public var value: String

        /// A field; it is checked when it is sent.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
    /// What is asked for.
    public var method: Method
    /// An absolute URL.
    public var url: String
    /// Header fields beside those that the protocol itself needs.
    public var fields: [Field]
    /// What is sent; only with ``Method/post``.
    public var body: [UInt8]

    /// A request.
    public init(_ method: Method, _ url: String, fields: [Field] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }

    /// - Throws: ``OutboundError`` for a field that would end its line, and so begin another one.
    func check() throws(OutboundError) {
        guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) else {
            throw OutboundError(.malformed, "a URL has no spaces and no control characters")
        }
        for field in fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isTokenCharacter) else {
                throw OutboundError(.malformed, "a header field's name is a token of RFC 9110")
            }
            guard !field.value.isEmpty,
                field.value.utf8.allSatisfy({ (0x20...0x7e).contains($0) })
            else {
                throw OutboundError(
                    .malformed, "the header field \(field.name) needs printable ASCII")
            }
        }
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
