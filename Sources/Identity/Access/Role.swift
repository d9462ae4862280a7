/// What somebody is to the service. Raw values are the database's.
public enum Role: Int16, Sendable, CaseIterable {
    /// Has wallets.
    case customer = 1
    /// Looks at alerts and reviews what is held.
    case analyst = 2
    /// An analyst who may release large amounts and change policies.
    case supervisor = 3
    /// Runs the service.
    case operations = 4
    /// A program.
    case service = 5

    /// The word for it in JSON.
    public var word: String {
        switch self {
        case .customer: "customer"
        case .analyst: "analyst"
        case .supervisor: "supervisor"
        case .operations: "operator"
        case .service: "service"
        }
    }

    /// The role of a word.
    public init?(word: String) {
        guard let role = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = role
    }

    /// All that the role may ever do; tokens carry as much of it as was asked for.
    public var scopes: Scopes {
        let reviewing: Scopes = [
            .accountsRead, .paymentsRead, .alertsRead, .reviewsWrite, .labelsWrite, .policiesRead,
        ]
        return switch self {
        case .customer: .ofPeople
        case .analyst: Scopes.ofPeople.union(reviewing)
        case .supervisor: Scopes.ofPeople.union(reviewing).union(.policiesWrite)
        case .operations: Scopes.ofPeople.union(.ofStaff)
        // A program has no wallet of its own; money enters and policies change by people's hands.
        case .service: Scopes.ofStaff.subtracting([.clientsWrite, .peopleWrite])
        }
    }
}
