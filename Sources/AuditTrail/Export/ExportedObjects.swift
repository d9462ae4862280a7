internal import Cryptography

struct SignedTreeHeadJSON: AuditJSONObject {
    static let formatName = "holdfast.audit.head.v1"
    var format: String = Self.formatName
    var logID: String
    var size: Int64
    var root: String
    var signedAtMicros: Int64
    var keyID: String
    var signature: String

    enum CodingKeys: String, CodingKey {
        case format, size, root, signature
        case logID = "log_id"
        case signedAtMicros = "signed_at_micros"
        case keyID = "key_id"
    }

    init(_ head: SignedTreeHead) {
        logID = "\(head.log)"
        size = head.size
        root = "\(head.root)"
        signedAtMicros = head.signedAtMicros
        keyID = "\(head.key)"
        signature = Hexadecimal.encode(head.signature)
    }

    func head() throws(AuditError) -> SignedTreeHead {
        guard let log = AuditLogID(logID) else { throw .malformed("log_id is not a UUID") }
        guard let key = Hexadecimal.decode(keyID).flatMap({ AuditKeyID(bytes: $0) }) else {
            throw .malformed("key_id is not 32 hexadecimal digits")
        }
        guard let signature = Hexadecimal.decode(signature), signature.count == 64 else {
            throw .malformed("signature is not 128 hexadecimal digits")
        }
        guard size >= 0 else { throw .malformed("size is less than 0") }
        return SignedTreeHead(
            log: log, size: size, root: try AuditJSON.digest(root, "root"),
            signedAtMicros: signedAtMicros, key: key, signature: signature)
    }
}

struct AuditEntryJSON: AuditJSONObject {
    struct Detail: Codable {
        var name: String
        var text: String
    }

    static let formatName = "holdfast.audit.entry.v1"
    var format: String = Self.formatName
    var index: Int64
    var recordedAtMicros: Int64
    var actor: String
    var act: String
    var subject: String
    var outcome: String
    var details: [Detail]
    var previousHash: String
    var hash: String

    enum CodingKeys: String, CodingKey {
        case format, index, actor, act, subject, outcome, details, hash
        case recordedAtMicros = "recorded_at_micros"
        case previousHash = "previous_hash"
    }

    init(_ entry: AuditEntry) {
        index = entry.index
        recordedAtMicros = entry.recordedAtMicros
        actor = entry.record.actor
        act = entry.record.act.rawValue
        subject = entry.record.subject
        outcome = entry.record.outcome.word
        details = entry.record.details.map { Detail(name: $0.name, text: $0.text) }
        previousHash = "\(entry.previousHash)"
        hash = "\(entry.hash)"
    }

    func entry() throws(AuditError) -> AuditEntry {
        guard let act = AuditAct(rawValue: act) else { throw .malformed("act is not a word") }
        guard let outcome = AuditOutcome.allCases.first(where: { $0.word == outcome }) else {
            throw .malformed("outcome is neither succeeded nor refused")
        }
        guard index >= 0 else { throw .malformed("index is less than 0") }
        let record: AuditRecord
        do throws(AuditError) {
            record = try AuditRecord(
                actor: actor, act: act, subject: subject, outcome: outcome,
                details: details.map { AuditDetail($0.name, $0.text) })
        } catch { throw .malformed("\(error)") }
        return AuditEntry(
            index: index, recordedAtMicros: recordedAtMicros, record: record,
            previousHash: try AuditJSON.digest(previousHash, "previous_hash"),
            hash: try AuditJSON.digest(hash, "hash"))
    }
}
