/// A server that takes mail for others (RFC 5321; for submission RFC 6409).
public struct MailServer: Sendable, Equatable {
    /// How the connection is protected.
    public enum Protection: Sendable {
        /// Not at all. Only for servers on the same machine.
        case none
        /// `STARTTLS` is required (RFC 3207).
        case startTLS
        /// TLS from the first byte (RFC 8314).
        case tls
    }
    /// A name and a secret (RFC 4954).
    public struct Credentials: Sendable, Equatable {
        let name: String
        let secret: String

        /// Credentials.
        public init(name: String, secret: String) {
            self.name = name
            self.secret = secret
        }
    }
    /// Its name or address.
    public var host: String
    /// Its port.
    public var port: UInt16
    /// How the connection is protected.
    public var protection: Protection
    /// Who submits; nil for a server that asks for nobody.
    public var credentials: Credentials?
    /// By what name the client introduces itself.
    public var clientName: String

    /// A server.
    public init(
        host: String, port: UInt16 = 587, protection: Protection = .startTLS,
        credentials: Credentials? = nil, clientName: String = "localhost"
    ) {
        self.host = host
        self.port = port
        self.protection = protection
        self.credentials = credentials
        self.clientName = clientName
    }

    func url() throws(OutboundError) -> String {
        func isName(_ text: String) -> Bool {
            !text.isEmpty
                && text.utf8.allSatisfy {
                    (0x61...0x7a).contains($0) || (0x41...0x5a).contains($0)
                        || (0x30...0x3a).contains($0) || $0 == 0x2d || $0 == 0x2e
                }
        }
        guard isName(host), isName(clientName), !clientName.contains(":") else {
            throw OutboundError(.malformed, "a mail server's name has letters, digits, - and .")
        }
        let scheme = protection == .tls ? "smtps" : "smtp"
        return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(clientName)"
    }
}

/// A message as it is handed to a server: its envelope, and its text (RFC 5322).
public struct MailSubmission: Sendable, Equatable {
    /// Who gets reports of what could not be delivered; an address without brackets.
    public var sender: String
    /// Who gets it; an address without brackets.
    public var recipient: String
    /// Header and body, each line ended by CR LF. Dots at the beginning of lines are taken care of.
    public var message: [UInt8]

    /// A submission.
    public init(sender: String, recipient: String, message: [UInt8]) {
        self.sender = sender
        self.recipient = recipient
        self.message = message
    }

    func check() throws(OutboundError) {
        for address in [sender, recipient] {
            let isPlain = address.utf8.allSatisfy {
                (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
            }
            guard isPlain, address.utf8.contains(UInt8(ascii: "@")) else {
                throw OutboundError(
                    .malformed, "an envelope's address is printable ASCII without brackets")
            }
        }
    }
}
