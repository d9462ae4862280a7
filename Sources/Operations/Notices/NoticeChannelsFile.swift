internal import EventLog
internal import Foundation
internal import Logging
internal import Notices
internal import Outbound

/// How people are told of things beyond the feed: `notices/` of the home has a file for each provider. Without any, what
/// would go to an address or a telephone is written to the log, as suits development.
///
/// | file | what it says |
/// |---|---|
/// | `smtp.json` | `host`, `port`, `protection` (`start_tls`, `tls`, `none`), `user`, `password_file`, `from_name`, `from_address` |
/// | `web_push.pem`, `web_push.json` | the VAPID key (P-256), and the `subject` under which a push service reaches the operator |
/// | `apns.p8`, `apns.json` | the provider's key, and `key_id`, `team`, `topic`, `is_sandbox` |
/// | `fcm.json` | the service account, as it is downloaded |
struct NoticeChannelsFile {
    private let folder: String
    private let logger: Logger

    init(_ home: Home, logger: Logger) {
        folder = home.path + "/notices"
        self.logger = logger
    }

    private struct Mail: Decodable {
        var host: String
        var port: UInt16?
        var protection: String?
        var user: String?
        var passwordFile: String?
        var fromName: String?
        var fromAddress: String
    }
    private struct Subject: Decodable { var subject: String }
    private struct APNs: Decodable {
        var keyId: String
        var team: String
        var topic: String
        var isSandbox: Bool?
    }

    /// The channels that there are, each with a client of its own, which are to be stopped after the courier.
    func senders(
        clock: @escaping @Sendable () -> Timestamp
    ) throws(OperationError) -> (senders: [any NoticeSending], clients: [OutboundClient]) {
        var senders: [any NoticeSending] = []
        var clients: [OutboundClient] = []
        do throws(NoticeError) {
            if let mail = try read("smtp.json", Mail.self) {
                let client = OutboundClient(Self.rules(isInternal: true), name: "smtp")
                clients.append(client)
                senders.append(
                    MailSender(
                        client, server: try server(mail),
                        from: try MailOrigin(
                            name: mail.fromName ?? "Holdfast", address: mail.fromAddress)))
            } else {
                senders.append(LoggedNotices(.email, logger))
            }
            senders.append(LoggedNotices(.text, logger))
            if let pem = text("web_push.pem"), let said = try read("web_push.json", Subject.self) {
                let client = OutboundClient(OutboundRules(), name: "web-push")
                clients.append(client)
                senders.append(
                    WebPushSender(
                        client, key: try VAPIDKey(pem: pem, subject: said.subject), clock: clock))
            }
            if let pem = text("apns.p8"), let said = try read("apns.json", APNs.self) {
                var rules = OutboundRules()
                rules.requiresHTTP2 = true
                let client = OutboundClient(rules, name: "apns")
                clients.append(client)
                senders.append(
                    APNsSender(
                        client, key: try APNsKey(pem: pem, id: said.keyId, team: said.team),
                        topic: said.topic,
                        origin: said.isSandbox ?? false
                            ? APNsSender.sandbox : APNsSender.production, clock: clock))
            }
            if let account = text("fcm.json") {
                let client = OutboundClient(OutboundRules(), name: "fcm")
                clients.append(client)
                senders.append(
                    FCMSender(
                        client, account: try FCMAccount(json: Array(account.utf8)), clock: clock))
            }
        } catch {
            throw OperationError("\(folder): \(error)")
        }
        return (senders, clients)
    }

    private static func rules(isInternal: Bool) -> OutboundRules {
        var rules = OutboundRules()
        rules.allowsPrivateAddresses = isInternal
        return rules
    }

    private func server(_ mail: Mail) throws(NoticeError) -> MailServer {
        let protection: MailServer.Protection
        switch mail.protection {
        case "tls"?: protection = .tls
        case "none"?: protection = .none
        default: protection = .startTLS
        }
        let credentials = mail.user.map { user in
            // The password stands in a file of its own, so that the other settings can be shown.
            MailServer.Credentials(
                name: user,
                secret: (mail.passwordFile.flatMap { text($0) } ?? "")
                    .trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return MailServer(
            host: mail.host, port: mail.port ?? 587, protection: protection,
            credentials: credentials)
    }

    private func text(_ name: String) -> String? {
        let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
        return FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func read<Value: Decodable>(
        _ name: String, _: Value.Type
    ) throws(NoticeError) -> Value? {
        guard let text = text(name) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do { return try decoder.decode(Value.self, from: Data(text.utf8)) } catch {
            throw NoticeError.unreadable(name)
        }
    }
}
