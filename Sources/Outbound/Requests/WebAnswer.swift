/// What a service answered over HTTP.
public struct WebAnswer: Sendable, Equatable {
    /// The status code (RFC 9110, section 15).
    public var status: Int
    /// Header fields by name in lower case; the last of those with one name.
    public var fields: [String: String]
    /// What came behind them.
    public var body: [UInt8]

    /// An answer.
    public init(status: Int, fields: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Seconds after which to try again, as `Retry-After` says it (RFC 9110, section 10.2.3); nil if it says nothing. A
    /// date in place of seconds is not read.
    public var retryAfterSeconds: Int64? {
        fields["retry-after"].flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}
