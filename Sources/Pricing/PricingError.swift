public import Fees
public import ForeignExchange
public import SpendingLimits

/// Why something has no price, or why prices are not read.
public enum PricingError: Error, Sendable, CustomStringConvertible {
    /// A price list has no answer for the payment, or is not one.
    case fees(FeeError)
    /// Rates have no answer, or are none.
    case exchange(FXError)
    /// The list of limits is none.
    case limits(LimitError)
    /// Currencies are not exchanged here: there are no rates.
    case noRates
    /// A file cannot be read: its path, and why.
    case file(path: String, cause: String)

    /// A stable word for programs.
    public var code: String {
        switch self {
        case .fees(let error): error.code.rawValue
        case .exchange(let error): error.code.rawValue
        case .limits(let error): error.code.rawValue
        case .noRates: "no_rates"
        case .file: "unreadable"
        }
    }

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .fees(let error): error.description
        case .exchange(let error): error.description
        case .limits(let error): error.description
        case .noRates: "no_rates: there are no rates here, so nothing is exchanged"
        case .file(let path, let cause): "\(path): \(cause)"
        }
    }
}
