internal import Scoring

/// What goes into a graph that is read: tables of single or double precision, taken as one row of inputs.
struct GraphInputs {
    /// Each table's columns.
    private(set) var columns: [String: [InputColumn]] = [:]
    /// Names of all inputs, table after table.
    private(set) var names: [String] = []

    init(_ graph: WireGraph, names given: [String]?) throws(GraphError) {
        // Old files list their constants among what goes in.
        let constants = Set(graph.initializer.map(\.name))
        let ports = graph.input.filter { !constants.contains($0.name) }
        for port in ports {
            let width = try Self.width(of: port)
            guard width <= RiskModel.maximumFeatures - names.count else {
                throw .value(
                    name: "input \(port.name)",
                    problem: "there are more than \(RiskModel.maximumFeatures) columns")
            }
            let isSingle = port.type.tensorType.elemType == ElementType.float.rawValue
            columns[port.name] = (0..<width).map {
                InputColumn(input: names.count + $0, precision: isSingle ? .single : .double)
            }
            for column in 0..<width {
                names.append(
                    width == 1
                        ? port.name : ports.count == 1 ? "x\(column)" : "\(port.name)\(column)")
            }
        }
        guard !names.isEmpty else {
            throw .value(name: "the inputs", problem: "there are none; a table would be right")
        }
        if let given {
            guard given.count == names.count else {
                throw .value(
                    name: "the inputs",
                    problem: "there are \(names.count), but \(given.count) names for them")
            }
            names = given
        }
        guard Set(names).count == names.count else {
            throw .value(name: "the inputs", problem: "two have one name")
        }
    }

    private static func width(of port: WirePort) throws(GraphError) -> Int {
        let type = port.type.tensorType
        let element = ElementType(rawValue: type.elemType)
        guard element == .float || element == .double else {
            throw .value(
                name: "input \(port.name)",
                problem:
                    "it is of type \(ElementType.name(of: type.elemType)); FLOAT or DOUBLE would be right"
            )
        }
        let dims = type.shape.dim
        guard dims.count == 2, dims[1].dimValue > 0,
            dims[1].dimValue <= Int64(RiskModel.maximumFeatures)
        else {
            let shape = dims.map { $0.dimValue > 0 ? "\($0.dimValue)" : "?" }
            throw .value(
                name: "input \(port.name)",
                problem:
                    "it has shape [\(shape.joined(separator: ", "))]; rows by a fixed number of columns, "
                    + "such as [?, 4], would be right")
        }
        return Int(dims[1].dimValue)
    }
}
