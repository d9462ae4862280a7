/// Parameters of one statement, in PostgreSQL's binary format, in one growing buffer that can be used again.
///
/// Arrays have one dimension; their element types must be those of the statement's casts.
public struct Parameters: Sendable {
    var bytes: [UInt8] = []
    /// Where each value begins and how long it is; -1 stands for NULL.
    var spans: [(offset: Int, length: Int)] = []

    public init() {}

    /// Forgets all values but keeps the storage.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
    }

    public mutating func add(null: Void = ()) { spans.append((bytes.count, -1)) }

    public mutating func add(_ value: Int64) {
        let start = bytes.count
        append(value)
        spans.append((start, 8))
    }

    public mutating func add(_ value: Int32) {
        let start = bytes.count
        append(value)
        spans.append((start, 4))
    }

    public mutating func add(_ value: Bool) {
        spans.append((bytes.count, 1))
        bytes.append(value ? 1 : 0)
    }

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
    public mutating func addArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Int64
    ) {
        addArray(elements, elementType: 20) { element, parameters in
            parameters.append(Int32(8))
            parameters.append(value(element))
        }
    }

    /// A `bigint[]` with NULLs.
    public mutating func addOptionalArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Int64?
    ) {
        addArray(elements, elementType: 20, hasNulls: true) { element, parameters in
            if let value = value(element) {
                parameters.append(Int32(8))
                parameters.append(value)
            } else {
                parameters.append(Int32(-1))
            }
        }
    }

    /// An `int[]`.
    public mutating func addInt32Array<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Int32
    ) {
        addArray(elements, elementType: 23) { element, parameters in
            parameters.append(Int32(4))
            parameters.append(value(element))
        }
    }

    /// A `smallint[]`.
    public mutating func addInt16Array<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Int16
    ) {
        addArray(elements, elementType: 21) { element, parameters in
            parameters.append(Int32(2))
            parameters.append(value(element))
        }
    }

    /// A `boolean[]`.
    public mutating func addBoolArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> Bool
    ) {
        addArray(elements, elementType: 16) { element, parameters in
            parameters.append(Int32(1))
            parameters.bytes.append(value(element) ? 1 : 0)
        }
    }

    /// A `uuid[]`; nil halves stand for NULL.
    public mutating func addUUIDArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> (UInt64, UInt64)?
    ) {
        addArray(elements, elementType: 2950, hasNulls: true) { element, parameters in
            if let (high, low) = value(element) {
                parameters.append(Int32(16))
                parameters.append(high)
                parameters.append(low)
            } else {
                parameters.append(Int32(-1))
            }
        }
    }

    /// A `tid[]`: where rows were read in this very transaction, see ``Rows/location(_:_:)``.
    public mutating func addLocationArray<Element>(
        _ elements: some Collection<Element>, _ value: (Element) -> RowLocation
    ) {
        addArray(elements, elementType: 27) { element, parameters in
            let location = value(element)
            parameters.append(Int32(6))
            parameters.append(location.block)
            parameters.append(location.item)
        }
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
        self.append(Int32(elements.isEmpty ? 0 : 1))
        self.append(Int32(hasNulls ? 1 : 0))
        self.append(elementType)
        if !elements.isEmpty {
            self.append(Int32(elements.count))
            self.append(Int32(1))
            for element in elements { append(element, &self) }
        }
        spans.append((start, bytes.count - start))
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
