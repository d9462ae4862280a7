/// How a courier works.
public struct CourierOptions: Sendable {
    /// When a notice is tried again and when it is given up.
    public var rule = DeliveryRule()
    /// How long a courier has a delivery before another takes it, in seconds: longer than a sender ever takes.
    public var leaseSeconds: Int64 = 120
    /// Deliveries of one channel under way at once. More than its sender has threads only wait there.
    public var concurrency: Int64 = 8
    /// Notices that are spread in one transaction.
    public var spreadLimit: Int64 = 200
    /// How often it looks for what nobody told it of, in milliseconds.
    public var pollMillis = 1_000
    /// How long notices are kept, in seconds.
    public var keptSeconds: Int64 = 90 * 86_400
    /// How often old ones are taken away, in seconds.
    public var sweepSeconds: Int64 = 600

    /// The defaults.
    public init() {}
}
