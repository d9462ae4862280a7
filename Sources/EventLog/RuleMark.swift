/// How a decision names, among the rules that matched, what is no plain rule.
public enum RuleMark {
    /// Stands before the name of a rule that is only listened to.
    public static let shadow = "shadow: "

    /// That somebody or something is on a list, such as `list: deny device`.
    public static func listed(_ list: ListName, _ subject: ListSubject) -> String {
        "list: \(list) \(subject)"
    }
}
