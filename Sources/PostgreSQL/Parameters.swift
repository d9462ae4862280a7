/// Parameters of one statement, in PostgreSQL's binary format, in one growing buffer that can be used again.
///
/// Arrays have one dimension; their element types must be those of the statement's casts.
public struct Parameters: Sendable {
    @usableFromInline var bytes: [UInt8] = []
    /// Where each value begins and how long it is; -1 stands for NULL.
    @usableFromInline var spans: [(offset: Int, length: Int)] = []

    /// No values yet; each `add` appends the next one, from `$1`.
    public init() {}

    /// Forgets all values but keeps the storage.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
    }

    /// A NULL, of any type.
    public mutating func add(null: Void = ()) { spans.append((bytes.count, -1)) }

    /// A `bigint`.
    public mutating func add(_ value: Int64) {
        let start = bytes.count
        append(value)
        spans.append((start, 8))
    }

    /// An `int`.
    public mutating func add(_ value: Int32) {
        let start = bytes.count
        append(value)
        spans.append((start, 4))
    }

    /// A `boolean`.
    public mutating func add(_ value: Bool) {
        spans.append((bytes.count, 1))
        bytes.append(value ? 1 : 0)
    }

    /// A `text`, in UTF-8; PostgreSQL takes none with a NUL in it.
    public mutating func add(_ value: String) {
        let start = bytes.count
        bytes.append(contentsOf: value.utf8)
        spans.append((start, bytes.count - start))
    }

    /// A `bytea`.
    public mutating func add(_ value: [UInt8]) {
        spans.append((bytes.count, value.count))
        bytes.append(contentsOf: value)
    }

    /// A `uuid`, as two halves.
    public mutating func add(uuidHigh high: UInt64, low: UInt64) {
        let start = bytes.count
        append(high)
        append(low)
        spans.append((start, 16))
    }

    /// A `bigint[]`.
    @inlinable
    public mutating func addArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Int64
    ) {
        addWords(elements, elementType: 20, value)
    }

    /// A `bigint[]` with NULLs.
    @inlinable
    public mutating func addOptionalArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Int64?
    ) {
        addOptionalWords(elements, elementType: 20, value)
    }

    /// An `int[]`.
    @inlinable
    public mutating func addInt32Array<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Int32
    ) {
        addWords(elements, elementType: 23, value)
    }

    /// An `int[]` with NULLs.
    @inlinable
    public mutating func addOptionalInt32Array<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Int32?
    ) {
        addOptionalWords(elements, elementType: 23, value)
    }

    /// A `smallint[]`.
    @inlinable
    public mutating func addInt16Array<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Int16
    ) {
        addWords(elements, elementType: 21, value)
    }

    /// A `boolean[]`.
    @inlinable
    public mutating func addBoolArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Bool
    ) {
        addWords(elements, elementType: 16) { value($0) ? UInt8(1) : 0 }
    }

    /// A `uuid[]`; nil halves stand for NULL.
    @inlinable
    public mutating func addUUIDArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> (UInt64, UInt64)?
    ) {
        addArray(elements, elementType: 2950, elementSize: 16, hasNulls: true) { element, place in
            guard let (high, low) = value(element) else { return false }
            place.storeBytes(of: high.bigEndian, as: UInt64.self)
            place.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            return true
        }
    }

    @inlinable @inline(__always)
    mutating func addWords<Element, Word: FixedWidthInteger>(
        _ elements: some Collection<Element>, elementType: UInt32, _ value: (Element) -> Word
    ) {
        addArray(
            elements, elementType: elementType, elementSize: MemoryLayout<Word>.size,
            hasNulls: false
        ) { element, place in
            place.storeBytes(of: value(element).bigEndian, as: Word.self)
            return true
        }
    }

    @inlinable @inline(__always)
    mutating func addOptionalWords<Element, Word: FixedWidthInteger>(
        _ elements: some Collection<Element>, elementType: UInt32, _ value: (Element) -> Word?
    ) {
        addArray(
            elements, elementType: elementType, elementSize: MemoryLayout<Word>.size, hasNulls: true
        ) { element, place in
            guard let word = value(element) else { return false }
            place.storeBytes(of: word.bigEndian, as: Word.self)
            return true
        }
    }

    /// Elements of one size: `store` writes one, or says that it is NULL. One growth of the buffer an array, no copy of
    /// the elements: this is where a commit's rows become bytes.
    @inlinable @inline(__always)
    mutating func addArray<Element>(
        _ elements: some Collection<Element>, elementType: UInt32, elementSize: Int,
        hasNulls: Bool, _ store: (Element, UnsafeMutableRawPointer) -> Bool
    ) {
        let start = bytes.count
        addHeader(count: elements.count, elementType: elementType, hasNulls: hasNulls)
        let body = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: elements.count * (4 + elementSize)))
        var used = 0
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var place = base + body
            for element in elements {
                let isPresent = store(element, place + 4)
                place.storeBytes(
                    of: (isPresent ? Int32(elementSize) : -1).bigEndian, as: Int32.self)
                place += isPresent ? 4 + elementSize : 4
            }
            used = place - base
        }
        bytes.removeLast(bytes.count - used)
        spans.append((start, bytes.count - start))
    }

    /// The head of an array of one dimension.
    @usableFromInline
    mutating func addHeader(count: Int, elementType: UInt32, hasNulls: Bool) {
        append(Int32(count == 0 ? 0 : 1))
        append(Int32(hasNulls ? 1 : 0))
        append(elementType)
        if count == 0 { return }
        append(Int32(count))
        append(Int32(1))
    }

    /// A `text[]`.
    public mutating func addTextArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> String
    ) {
        addArray(elements, elementType: 25) { element, parameters in
            let text = value(element)
            parameters.append(Int32(text.utf8.count))
            parameters.bytes.append(contentsOf: text.utf8)
        }
    }

    /// A `bytea[]`; nil stands for NULL.
    public mutating func addBytesArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> [UInt8]?
    ) {
        addArray(elements, elementType: 17, hasNulls: true) { element, parameters in
            if let bytes = value(element) {
                parameters.append(Int32(bytes.count))
                parameters.bytes.append(contentsOf: bytes)
            } else {
                parameters.append(Int32(-1))
            }
        }
    }

    private mutating func addArray<Element>(
        _ elements: some Collection<Element>, elementType: UInt32, hasNulls: Bool = false,
        _ append: (Element, inout Parameters) -> Void
    ) {
        let start = bytes.count
        addHeader(count: elements.count, elementType: elementType, hasNulls: hasNulls)
        for element in elements { append(element, &self) }
        spans.append((start, bytes.count - start))
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
