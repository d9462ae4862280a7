internal import Cryptography
internal import Foundation
internal import PostingStream
internal import ZeroMQ

/// The CURVE keys with which a home serves and follows postings streams over `tcp://`, as files in its folder
/// `stream`:
///
/// - `server.key`: secret key of the wallet's side, mode 0600
/// - `allowed`: public keys of the clients that may connect to it, `name key` a line
/// - `client.key`: secret key of an engine or a reader, mode 0600
/// - `server.pub`: public key of the server that it connects to; the home's own server unless there is such a file
///
/// Keys are written as 64 hexadecimal digits.
public struct StreamKeys: Sendable {
    /// Which side of a stream a key is for.
    public enum Side: String, Sendable, CaseIterable { case server, client }

    /// A client that may connect.
    public struct Client: Sendable, Equatable {
        /// The name under which it was let in, and is denied.
        public var name: String
        /// 64 hexadecimal digits.
        public var key: String

        /// A client by its name and public key.
        public init(name: String, key: String) {
            self.name = name
            self.key = key
        }
    }

    private let home: Home

    /// The keys of a home; nothing is read or made yet.
    public init(_ home: Home) { self.home = home }

    /// Secret key of a side.
    public func secretPath(_ side: Side) -> String { home.streamFolder + "/\(side).key" }
    /// Public key of the server that this home's clients connect to.
    public var serverPath: String { home.streamFolder + "/server.pub" }
    /// The allow-list.
    public var allowedPath: String { home.streamFolder + "/allowed" }

    // MARK: - Key pairs

    /// Makes a side's key pair unless there is one. Returns its public key, and whether it is new.
    public func make(_ side: Side) throws(OperationError) -> (publicKey: String, isNew: Bool) {
        let isNew = !FileManager.default.fileExists(atPath: secretPath(side))
        if isNew {
            let pair: CurveKeyPair
            do throws(ZeroMQError) { pair = try .generate() } catch {
                throw OperationError("no key pair can be made: \(error)")
            }
            try home.makeStreamFolder()
            try home.write(Hexadecimal.encode(pair.secretKey) + "\n", to: secretPath(side))
        }
        return (Hexadecimal.encode(try pair(side).publicKey), isNew)
    }

    /// A side's public key; nil if there is no pair.
    public func publicKey(_ side: Side) throws(OperationError) -> String? {
        guard FileManager.default.fileExists(atPath: secretPath(side)) else { return nil }
        return Hexadecimal.encode(try pair(side).publicKey)
    }

    func pair(_ side: Side) throws(OperationError) -> CurveKeyPair {
        let path = secretPath(side)
        let text = try SecretFile.read(path, orElse: "`holdfast stream keys \(side)` makes it")
        guard let pair = CurveKeyPair(secretKey: try Self.key(text, in: path)) else {
            throw OperationError("\(path) is no CURVE secret key")
        }
        return pair
    }

    // MARK: - The allow-list

    /// The clients that may connect, in the file's order; none if there is no file.
    public func allowed() throws(OperationError) -> [Client] {
        guard FileManager.default.fileExists(atPath: allowedPath) else { return [] }
        let text: String
        do { text = try String(contentsOfFile: allowedPath, encoding: .utf8) } catch {
            throw OperationError("\(allowedPath) cannot be read: \(error)")
        }
        var clients: [Client] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let name = words.first.map(String.init), !name.hasPrefix("#") else { continue }
            let place = "\(allowedPath), line \(index + 1)"
            guard words.count == 2 else { throw OperationError("\(place): a line is `name key`") }
            let key = Hexadecimal.encode(try Self.key(words[1], in: place))
            guard !clients.contains(where: { $0.name == name || $0.key == key }) else {
                throw OperationError("\(place): a name and a key stand only once")
            }
            clients.append(Client(name: name, key: key))
        }
        return clients
    }

    /// Lets a client connect from now on; a running wallet follows within a few seconds.
    public func allow(name: String, key: String) throws(OperationError) {
        guard !name.isEmpty, !name.hasPrefix("#"), !name.contains(where: \.isWhitespace) else {
            throw OperationError("\"\(name)\" is no name: one word that does not begin with #")
        }
        let key = Hexadecimal.encode(try Self.key(key, in: "the key of \(name)"))
        var clients = try allowed()
        if clients.contains(Client(name: name, key: key)) { return }
        if let other = clients.first(where: { $0.name == name || $0.key == key }) {
            let what = other.name == name ? "another key is" : "this key is already"
            throw OperationError(
                "\(what) allowed as \(other.name): `holdfast stream deny \(other.name)` first")
        }
        clients.append(Client(name: name, key: key))
        try write(clients)
    }

    /// Ends what ``allow(name:key:)`` began, and the client's connection with it.
    public func deny(name: String) throws(OperationError) {
        var clients = try allowed()
        guard let index = clients.firstIndex(where: { $0.name == name }) else {
            let names = clients.map(\.name).joined(separator: ", ")
            throw OperationError(
                "no client is allowed as \(name); "
                    + (names.isEmpty ? "\(allowedPath) names none" : "there are \(names)"))
        }
        clients.remove(at: index)
        try write(clients)
    }

    private func write(_ clients: [Client]) throws(OperationError) {
        try home.makeStreamFolder()
        let text = clients.map { "\($0.name) \($0.key)\n" }.joined()
        try home.write(text, to: allowedPath)
    }

    // MARK: - The server

    /// Makes this home's clients connect to the server with this public key, and to no other.
    public func trust(_ key: String) throws(OperationError) {
        let key = Hexadecimal.encode(try Self.key(key, in: "the server's key"))
        try home.makeStreamFolder()
        try home.write(key + "\n", to: serverPath)
    }

    /// Public key of the server that this home's clients connect to; nil if it is not known.
    public func trusted() throws(OperationError) -> String? {
        guard FileManager.default.fileExists(atPath: serverPath) else {
            return try publicKey(.server)
        }
        let text: String
        do { text = try String(contentsOfFile: serverPath, encoding: .utf8) } catch {
            throw OperationError("\(serverPath) cannot be read: \(error)")
        }
        return Hexadecimal.encode(try Self.key(text, in: serverPath))
    }

    // MARK: - Both ends

    /// What to serve at `address`.
    func endpoint(_ address: StreamAddress) throws(OperationError) -> StreamEndpoint {
        guard address.needsKeys else { return StreamEndpoint(address: address.text) }
        return StreamEndpoint(
            address: address.text,
            serverKeys: .init(own: try pair(.server), allowed: try allowedKeys()))
    }

    /// The keys of ``allowed()``.
    func allowedKeys() throws(OperationError) -> Set<[UInt8]> {
        Set(try allowed().compactMap { Hexadecimal.decode($0.key) })
    }

    /// What to show at `address`; nil where no key is asked for.
    func clientKeys(_ address: StreamAddress) throws(OperationError) -> StreamClientKeys? {
        guard address.needsKeys else { return nil }
        let own = try pair(.client)
        guard let server = try trusted().flatMap({ Hexadecimal.decode($0) }) else {
            throw OperationError(
                "\(serverPath) does not exist; `holdfast stream trust KEY` makes it: the key is what "
                    + "`holdfast stream keys server` prints where the wallet runs")
        }
        return StreamClientKeys(server: server, own: own)
    }

    private static func key(_ text: some StringProtocol, in place: String) throws(OperationError)
        -> [UInt8]
    {
        let digits = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bytes = Hexadecimal.decode(digits), bytes.count == CurveKeyPair.keyBytes else {
            throw OperationError(
                "\(place) is no key: a key is \(2 * CurveKeyPair.keyBytes) hexadecimal digits")
        }
        return bytes
    }
}
