/// Bytes one after another; numbers with the most significant byte first.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }
    mutating func add(byte: UInt8) { bytes.append(byte) }
    mutating func add(_ number: UInt16) { withUnsafeBytes(of: number.bigEndian) { add($0) } }
    mutating func add(_ number: UInt32) { withUnsafeBytes(of: number.bigEndian) { add($0) } }

    /// Up to 255 bytes behind a byte that says how many.
    mutating func add(short more: some Collection<UInt8>) {
        precondition(
            more.count <= 255, "what is written short is checked to be so where it is made")
        add(byte: UInt8(more.count))
        add(more)
    }
}
