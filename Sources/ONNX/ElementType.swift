/// What the numbers of a tensor are: `TensorProto.DataType` of the standard, as far as it is used here.
enum ElementType: Int32 {
    case float = 1
    case uint8 = 2
    case int32 = 6
    case int64 = 7
    case string = 8
    case bool = 9
    case double = 11

    /// Its name in the standard, of any number that stands in a file.
    static func name(of raw: Int32) -> String {
        switch ElementType(rawValue: raw) {
        case .float: "FLOAT"
        case .uint8: "UINT8"
        case .int32: "INT32"
        case .int64: "INT64"
        case .string: "STRING"
        case .bool: "BOOL"
        case .double: "DOUBLE"
        case nil: "number \(raw)"
        }
    }
}
