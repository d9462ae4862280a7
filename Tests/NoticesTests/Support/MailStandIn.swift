import Foundation
import Glibc
import Outbound
import ProcessControl
import TestProcesses
import Testing

@testable import Notices

/// Exim, as Debian has it, in a folder of its own: takes mail for anybody from who signs in, refuses it for `unknown@…`
/// and puts it off for `busy@…`.
struct MailStandIn: Sendable {
    /// A message as Python's parser reads it.
    struct Received: Decodable, Sendable {
        let from: [[String]]
        let to: [[String]]
        let subject: String
        let date: Int64
        let id: String
        let type: String
        let charset: String
        let automatic: String
        let names: [String]
        let body: String
        let defects: [String]
        let longest: Int
    }

    let plainPort: UInt16
    let tlsPort: UInt16
    let folder: String
    var certificates: String { folder + "/certificate.pem" }

    static func with(_ body: (MailStandIn) async throws -> Void) async throws {
        let folder = "/tmp/holdfast-mail-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        // Exim gives its rights up for a user of its own.
        chmod(folder, 0o777)
        defer {
            // A delivery of its may still write there for a moment.
            for _ in 0..<100 where FileManager.default.fileExists(atPath: folder) {
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
        let server = MailStandIn(
            plainPort: try freePort(), tlsPort: try freePort(), folder: folder)
        try await server.certify()
        try server.configuration.write(
            toFile: folder + "/exim.conf", atomically: false, encoding: .utf8)
        chmod(folder + "/exim.conf", 0o644)
        chmod(folder + "/key.pem", 0o644)
        let process = try ChildProcess.start(
            "/usr/sbin/exim4", ["-C", folder + "/exim.conf", "-bdf"],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], output: .discard)
        defer {
            process.send(signal: SIGTERM)
            _ = process.wait()
            process.closePipes()
        }
        try await eventually("the mail server listens") {
            let log = try? String(contentsOfFile: folder + "/mainlog", encoding: .utf8)
            return log?.contains("listening for SMTP") == true
        }
        try await body(server)
    }

    func server(
        _ protection: MailServer.Protection, secret: String? = "secret"
    ) -> MailServer {
        MailServer(
            host: "localhost", port: protection == .tls ? tlsPort : plainPort,
            protection: protection,
            credentials: secret.map { .init(name: "holdfast", secret: $0) },
            clientName: "wallet.example.org")
    }

    func client(_ change: (inout OutboundRules) -> Void = { _ in }) -> OutboundClient {
        var rules = OutboundRules()
        rules.allowsPrivateAddresses = true
        rules.trustedCertificates = certificates
        change(&rules)
        return OutboundClient(rules, count: 2, name: "test-mail")
    }

    /// Files of the messages that were delivered.
    func files() -> [String] {
        let box = folder + "/mail/new"
        return ((try? FileManager.default.contentsOfDirectory(atPath: box)) ?? [])
            .map { "\(box)/\($0)" }
    }

    /// Waits for so many messages, and reads them.
    func received(_ count: Int) async throws -> [Received] {
        try await eventually("\(count) messages are delivered") { files().count >= count }
        var messages: [Received] = []
        for file in files() {
            let text = try await PythonPeer("read_mail.py").run([file])
            messages.append(try JSONDecoder().decode(Received.self, from: Data(text.utf8)))
        }
        return messages
    }

    private func certify() async throws {
        let process = try ChildProcess.start(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-keyout", folder + "/key.pem", "-out", certificates, "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "1",
            ], environment: [:], output: .discard)
        defer { process.closePipes() }
        try await eventually("the certificate is made") {
            guard let ending = process.poll() else { return false }
            #expect(ending.isSuccess)
            return true
        }
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(status)
        return UInt16(bigEndian: address.sin_port)
    }

    private var configuration: String {
        """
        primary_hostname = mail.example.org
        spool_directory = \(folder)/spool
        log_file_path = \(folder)/%slog
        pid_file_path = \(folder)/exim.pid
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = \(plainPort) : \(tlsPort)
        tls_on_connect_ports = \(tlsPort)
        tls_advertise_hosts = *
        tls_certificate = \(folder)/certificate.pem
        tls_privatekey = \(folder)/key.pem
        acl_smtp_mail = accept
        acl_smtp_rcpt = recipient
        acl_smtp_data = accept
        host_lookup =
        deliver_drop_privilege = true
        keep_environment =
        smtp_accept_queue_per_connection = 0

        begin acl
        accept:
          accept
        recipient:
          deny !authenticated = *
          deny local_parts = unknown
          defer local_parts = busy
          accept

        begin routers
        all:
          driver = accept
          transport = files

        begin transports
        files:
          driver = appendfile
          directory = \(folder)/mail
          maildir_format
          create_directory
          user = Debian-exim

        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_prompts = :
          server_condition = ${if and{{eq{$auth2}{holdfast}}{eq{$auth3}{secret}}}}
          server_set_id = $auth2
          server_advertise_condition = ${if def:tls_in_cipher}

        """
    }
}
