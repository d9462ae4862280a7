internal import EventLog

/// A risk context as the bytes that are sealed: 46 of them, integers with the least byte first.
///
/// | offset | what |
/// |---|---|
/// | 0 | version, 1 |
/// | 1 | 1 if a place was told, otherwise 0 |
/// | 2, 10, 18 | tokens of device, instrument and address |
/// | 26, 30 | latitude and longitude in microdegrees |
/// | 34, 36 | merchant category, country |
/// | 38 | when the payer began, in microseconds |
enum ContextCoding {
    private static let version: UInt8 = 1
    private static let length = 46

    static func encode(_ context: RiskContext) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { bytes, count in
            bytes[0] = version
            bytes[1] = context.hasPlace ? 1 : 0
            let raw = UnsafeMutableRawBufferPointer(bytes)
            func put(_ value: some FixedWidthInteger, at offset: Int) {
                raw.storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
            }
            put(context.device.rawValue, at: 2)
            put(context.instrument.rawValue, at: 10)
            put(context.address.rawValue, at: 18)
            put(context.hasPlace ? context.latitude : 0, at: 26)
            put(context.hasPlace ? context.longitude : 0, at: 30)
            put(context.merchantCategory, at: 34)
            put(context.country.rawValue, at: 36)
            put(context.initiatedAt.rawValue, at: 38)
            count = length
        }
    }

    /// Nil if the bytes are none.
    static func decode(_ bytes: [UInt8]) -> RiskContext? {
        guard bytes.count == length, bytes[0] == version, bytes[1] <= 1 else { return nil }
        return bytes.withUnsafeBytes { raw in
            func get<Value: FixedWidthInteger>(_ offset: Int) -> Value {
                Value(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Value.self))
            }
            guard let country = CountryCode(rawValue: get(36)) else { return nil }
            return RiskContext(
                device: Token(get(2)), instrument: Token(get(10)), address: Token(get(18)),
                latitude: get(26), longitude: get(30), hasPlace: bytes[1] == 1,
                merchantCategory: get(34), country: country, initiatedAt: Timestamp(get(38)))
        }
    }

    /// What a context is sealed as: that of its event, so that it cannot be put elsewhere.
    static func field(_ sequence: Sequence) -> String { "risk_context \(sequence.rawValue)" }
}
