/// A rule's condition as steps of a stack machine: nothing is allocated when it is asked.
struct RuleProgram: Sendable, Equatable {
    enum Step: Sendable, Equatable {
        case push(Double)
        case input(Int)
        case isMissing(Int)
        case negate, not, and, or
        case add, subtract, multiply, divide
        case minimum, maximum, absolute
        case less, lessOrEqual, greater, greaterOrEqual, equal, unequal
    }

    /// No condition needs more places at once.
    static let maximumStack = 64
    var steps: [Step] = []

    /// Places that the steps need at once.
    var stackDepth: Int {
        var (now, most) = (0, 0)
        for step in steps {
            switch step {
            case .push, .input, .isMissing: now += 1
            case .negate, .not, .absolute: break
            default: now -= 1
            }
            most = max(most, now)
        }
        return most
    }

    /// Whether the condition holds. A comparison with a missing value does not, whichever it is; truth is 1, falsity 0.
    ///
    /// - Parameters:
    ///   - row: the features.
    ///   - score: the model's, which rules see behind them.
    func holds(_ row: UnsafeBufferPointer<Double>, score: Double) -> Bool {
        func input(_ index: Int) -> Double { index < row.count ? row[index] : score }
        var stack = InlineArray<64, Double>(repeating: 0)
        var top = -1
        for step in steps {
            switch step {
            case .push(let value):
                top += 1
                stack[top] = value
            case .input(let index):
                top += 1
                stack[top] = input(index)
            case .isMissing(let index):
                top += 1
                stack[top] = input(index).isNaN ? 1 : 0
            case .negate: stack[top] = -stack[top]
            case .absolute: stack[top] = stack[top].magnitude
            case .not: stack[top] = stack[top] == 0 ? 1 : 0
            default:
                let right = stack[top]
                top -= 1
                stack[top] = Self.combine(step, stack[top], right)
            }
        }
        return stack[0] == 1
    }

    @inline(__always)
    private static func combine(_ step: Step, _ left: Double, _ right: Double) -> Double {
        switch step {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        // A missing one stays missing.
        case .minimum: left.isNaN || right.isNaN ? .nan : Swift.min(left, right)
        case .maximum: left.isNaN || right.isNaN ? .nan : Swift.max(left, right)
        case .and: left == 1 && right == 1 ? 1 : 0
        case .or: left == 1 || right == 1 ? 1 : 0
        case .less: left < right ? 1 : 0
        case .lessOrEqual: left <= right ? 1 : 0
        case .greater: left > right ? 1 : 0
        case .greaterOrEqual: left >= right ? 1 : 0
        case .equal: left == right ? 1 : 0
        case .unequal: left < right || left > right ? 1 : 0
        case .push, .input, .isMissing, .negate, .not, .absolute: .nan
        }
    }
}
