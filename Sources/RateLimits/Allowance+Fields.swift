/// How answers tell of it: the fields of draft-ietf-httpapi-ratelimit-headers-11 (23 May 2026), sections 3 and 4, lists of
/// structured fields (RFC 9651).
extension Allowance {
    /// `RateLimit-Policy`: the quota, which is a whole burst, and the window in which all of it comes back.
    var policyField: String { "\"\(name)\";q=\(burst);w=\(windowSeconds)" }

    /// `RateLimit`: what is left, and for how many seconds there is no more than that.
    func field(remaining: Int, seconds: Int) -> String {
        "\"\(name)\";r=\(remaining);t=\(seconds)"
    }
}
