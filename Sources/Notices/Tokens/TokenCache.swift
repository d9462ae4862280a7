internal import EventLog
internal import Synchronization

/// Tokens that are made anew before they run out, by what they are for.
final class TokenCache: Sendable {
    private struct Entry {
        let token: String
        let madeAt: Timestamp
        let renewAt: Timestamp
    }
    private let entries = Mutex<[String: Entry]>([:])
    private let limit: Int

    /// - Parameter limit: Most that are kept; beyond, all are forgotten.
    init(limit: Int = 256) { self.limit = limit }

    /// The token for `subject`; nil if it is to be made anew.
    func token(for subject: String, at now: Timestamp) -> String? {
        entries.withLock { entries in
            guard let entry = entries[subject], now < entry.renewAt, entry.madeAt <= now else {
                return nil
            }
            return entry.token
        }
    }

    /// Keeps a token.
    func keep(_ token: String, for subject: String, at now: Timestamp, renewAt: Timestamp) {
        entries.withLock { entries in
            if entries.count >= limit, entries[subject] == nil { entries = [:] }
            entries[subject] = Entry(token: token, madeAt: now, renewAt: renewAt)
        }
    }

    /// Forgets a token that was refused, unless another was made meanwhile, or it is younger than that.
    func drop(_ token: String, for subject: String, ifOlderThan seconds: Int64, at now: Timestamp) {
        entries.withLock { entries in
            guard let entry = entries[subject], entry.token == token,
                entry.madeAt.adding(seconds: seconds) <= now
            else { return }
            entries[subject] = nil
        }
    }
}
