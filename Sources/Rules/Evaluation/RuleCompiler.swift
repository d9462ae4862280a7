/// Checks a condition's types and names, and makes the steps that ask it.
struct RuleCompiler {
    private enum Kind: Equatable {
        case truth
        /// A number without a unit of time.
        case plain
        /// A time in a unit of so many seconds.
        case time(Double)
        /// A duration as it was written, in seconds: takes the unit of what it is held against.
        case duration

        var name: String { self == .truth ? "a condition" : "a number" }
    }

    let inputs: RuleInputs
    private(set) var program = RuleProgram()

    init(_ inputs: RuleInputs) { self.inputs = inputs }

    /// - Throws: ``RuleError`` unless the expression is a condition about what there is.
    mutating func compile(_ condition: Expression) throws(RuleError) {
        guard try add(condition) == .truth else {
            throw RuleError(
                condition.place, "a number stands where a condition should, such as score > 0.5")
        }
        guard program.stackDepth <= RuleProgram.maximumStack else {
            throw RuleError(condition.place, "the condition is too long: make two rules of it")
        }
    }

    private func place(of name: String, _ place: Place) throws(RuleError) -> Int {
        if let index = inputs.place(of: name) { return index }
        let hint =
            inputs.nearest(to: name).map { ": did you mean \($0)?" } ?? "; see `holdfast features`"
        throw RuleError(place, "there is no feature \(name)\(hint)")
    }

    private mutating func add(_ expression: Expression) throws(RuleError) -> Kind {
        switch expression {
        case .number(let value, _):
            program.steps.append(.push(value))
            return .plain
        case .duration(let seconds, _):
            program.steps.append(.push(seconds))
            return .duration
        case .input(let name, let place):
            let index = try self.place(of: name, place)
            program.steps.append(.input(index))
            return inputs.inputs[index].seconds.map(Kind.time) ?? .plain
        case .isMissing(let name, let place):
            program.steps.append(.isMissing(try self.place(of: name, place)))
            return .truth
        case .negated(let inner, let place):
            let kind = try number(inner, place)
            program.steps.append(.negate)
            return kind
        case .not(let inner, let place):
            try truth(inner, place)
            program.steps.append(.not)
            return .truth
        case .junction(let isAnd, let left, let right, let place):
            try truth(left, place)
            try truth(right, place)
            program.steps.append(isAnd ? .and : .or)
            return .truth
        case .comparison(let comparison, let left, let right, let place):
            _ = try pair(left, right, place)
            program.steps.append(Self.step(comparison))
            return .truth
        case .arithmetic(let operation, let left, let right, let place):
            return try add(operation, left, right, place)
        case .call(let function, let arguments, let place):
            return try call(function, arguments, place)
        }
    }

    private mutating func add(
        _ operation: Expression.Arithmetic, _ left: Expression, _ right: Expression, _ place: Place
    ) throws(RuleError) -> Kind {
        switch operation {
        case .add, .subtract:
            let kind = try pair(left, right, place)
            program.steps.append(operation == .add ? .add : .subtract)
            return kind
        case .multiply:
            let kinds = (try number(left, place), try number(right, place))
            guard kinds.0 == .plain || kinds.1 == .plain else {
                throw RuleError(place, "a time cannot be multiplied by a time")
            }
            program.steps.append(.multiply)
            return kinds.0 == .plain ? kinds.1 : kinds.0
        case .divide:
            let kind = try number(left, place)
            let steps = program.steps.count
            let divisor = try number(right, place)
            if divisor == .plain {
                program.steps.append(.divide)
                return kind
            }
            // A share of two times has no unit; both count in seconds first.
            guard kind != .plain else {
                throw RuleError(place, "a number cannot be divided by a time")
            }
            if case .time(let seconds) = divisor { scale(by: seconds) }
            if case .time(let seconds) = kind {
                program.steps.insert(contentsOf: [.push(seconds), .multiply], at: steps)
            }
            program.steps.append(.divide)
            return .plain
        }
    }

    private mutating func call(
        _ function: Expression.Function, _ arguments: [Expression], _ place: Place
    ) throws(RuleError) -> Kind {
        if function == .abs {
            guard arguments.count == 1 else {
                throw RuleError(place, "abs takes one number, not \(arguments.count)")
            }
            let kind = try number(arguments[0], place)
            program.steps.append(.absolute)
            return kind
        }
        guard arguments.count > 1 else {
            throw RuleError(place, "\(function.rawValue) takes at least two numbers")
        }
        var kind = try number(arguments[0], place)
        for argument in arguments.dropFirst() {
            let steps = program.steps.count
            kind = try unify(kind, endingAt: steps, try number(argument, place), place)
            program.steps.append(function == .min ? .minimum : .maximum)
        }
        return kind
    }

    private mutating func truth(_ expression: Expression, _ place: Place) throws(RuleError) {
        let kind = try add(expression)
        guard kind == .truth else {
            throw RuleError(expression.place, "\(kind.name) stands where a condition should")
        }
    }

    private mutating func number(_ expression: Expression, _ place: Place) throws(RuleError) -> Kind
    {
        let kind = try add(expression)
        guard kind != .truth else {
            throw RuleError(expression.place, "a condition stands where a number should")
        }
        return kind
    }

    /// Two numbers in one unit.
    private mutating func pair(
        _ left: Expression, _ right: Expression, _ place: Place
    ) throws(RuleError) -> Kind {
        let kind = try number(left, place)
        let steps = program.steps.count
        return try unify(kind, endingAt: steps, try number(right, place), place)
    }

    /// The steps up to `end` gave `left`, those behind it `right`.
    private mutating func unify(
        _ left: Kind, endingAt end: Int, _ right: Kind, _ place: Place
    ) throws(RuleError) -> Kind {
        switch (left, right) {
        case (.plain, .plain), (.duration, .duration): return left
        // A plain number beside a time is in the time's own unit.
        case (.plain, .time), (.time, .plain): return left == .plain ? right : left
        case (.time(let unit), .duration):
            scale(by: 1 / unit)
            return left
        case (.duration, .time(let unit)):
            program.steps.insert(contentsOf: [.push(1 / unit), .multiply], at: end)
            return right
        case (.time(let first), .time(let second)):
            if first != second { scale(by: second / first) }
            return left
        case (.plain, .duration), (.duration, .plain):
            throw RuleError(
                place, "a duration is held against a number that is no time: leave its unit out")
        case (.truth, _), (_, .truth): return .truth
        }
    }

    private mutating func scale(by factor: Double) {
        program.steps.append(.push(factor))
        program.steps.append(.multiply)
    }

    private static func step(_ comparison: Expression.Comparison) -> RuleProgram.Step {
        switch comparison {
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .equal: .equal
        case .unequal: .unequal
        }
    }
}
