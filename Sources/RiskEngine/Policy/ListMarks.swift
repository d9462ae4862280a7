internal import EventLog

/// On which lists those are that an attempt touches: one bit for each list and subject.
public struct ListMarks: Sendable, Equatable {
    /// Bit (list − 1) · 5 + (subject − 1).
    private(set) var bits: UInt32 = 0

    /// On no list.
    static let none = ListMarks()

    init() {}
    init(bits: UInt32) { self.bits = bits }

    var isEmpty: Bool { bits == 0 }

    mutating func insert(_ list: ListName, _ subject: ListSubject) {
        bits |= 1 << Self.place(list, subject)
    }

    /// Whether any of them is on the list.
    func isOn(_ list: ListName) -> Bool {
        bits >> Self.place(list, .payer) & 0b11111 != 0
    }

    /// As decisions name them among the rules that matched.
    var names: [String] {
        var names: [String] = []
        for list in ListName.allCases {
            for subject in ListSubject.allCases where bits >> Self.place(list, subject) & 1 == 1 {
                names.append(RuleMark.listed(list, subject))
            }
        }
        return names
    }

    private static func place(_ list: ListName, _ subject: ListSubject) -> UInt32 {
        UInt32(list.rawValue - 1) * 5 + UInt32(subject.rawValue - 1)
    }
}
