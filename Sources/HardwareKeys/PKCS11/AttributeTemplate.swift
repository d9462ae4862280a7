internal import CPKCS11

/// Attributes that an object has or is to have.
struct AttributeTemplate {
    private var attributes: [(type: UInt, value: [UInt8])] = []

    mutating func add(_ type: UInt, _ value: [UInt8]) { attributes.append((type, value)) }
    mutating func add(_ type: UInt, _ value: Bool) { add(type, [value ? 1 : 0]) }
    mutating func add(_ type: UInt, number: UInt) {
        add(type, withUnsafeBytes(of: number) { Array($0) })
    }

    /// The attributes as PKCS #11 takes them, valid while `body` runs.
    func withAttributes<Result>(
        _ body: (UnsafeMutablePointer<ck_attribute>?, UInt) -> Result
    ) -> Result {
        var values = attributes.flatMap(\.value)
        return values.withUnsafeMutableBytes { values in
            var offset = 0
            var list: [ck_attribute] = []
            for attribute in attributes {
                list.append(
                    ck_attribute(
                        type: attribute.type, value: values.baseAddress.map { $0 + offset },
                        value_len: UInt(attribute.value.count)))
                offset += attribute.value.count
            }
            return list.withUnsafeMutableBufferPointer { body($0.baseAddress, UInt($0.count)) }
        }
    }
}
