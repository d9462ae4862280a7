/// Why an access token is not taken.
package struct TokenRefusal: Error, Sendable {
    /// A word for the audit log.
    package let cause: String
    /// Whose it is, if it was signed here.
    package let bearer: Bearer?

    init(_ cause: String, of bearer: Bearer? = nil) {
        self.cause = cause
        self.bearer = bearer
    }
}
