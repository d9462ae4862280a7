public import Identity
internal import PostgreSQL

extension People {
    /// A client that was just registered, and its secret, which is shown this once.
    public struct RegisteredClient: Sendable {
        /// The client.
        public let client: Client
        /// Its secret; nil for a public client.
        public let secret: String?
    }

    /// Registers a client.
    ///
    /// - Parameters:
    ///   - id: 3 to 64 lower-case letters, digits and hyphens.
    ///   - isConfidential: whether it can keep a secret.
    ///   - actor: who registers it.
    public func registerClient(
        _ id: String, name: String, redirectURIs: [RedirectURI], scopes: Scopes,
        isConfidential: Bool, by actor: String
    ) async throws(PeopleError) -> RegisteredClient {
        guard (3...64).contains(id.utf8.count),
            id.utf8.allSatisfy({
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
            })
        else {
            throw PeopleError(
                .invalid, "invalid_client_id",
                "a client's id has 3 to 64 lower-case letters, digits and hyphens", field: "id")
        }
        guard !redirectURIs.isEmpty || isConfidential else {
            throw PeopleError(
                .invalid, "missing_redirect_uri",
                "a client without a secret needs an address at which it is answered",
                field: "redirect_uris")
        }
        let client = Client(
            id: id, name: name, redirectURIs: redirectURIs, scopes: scopes,
            isConfidential: isConfidential, createdAt: now)
        let secret = isConfidential ? SecretToken(prefix: "hfk_") : nil
        return try await enact {
            connection, acts throws(PostgreSQLError) -> Answer<RegisteredClient> in
            let row = ClientRow(client, secret: secret?.digest)
            guard try row.insert(by: actor, on: &connection) else {
                return .failure(
                    PeopleError(
                        .conflict, "client_taken", "there is or was a client of this id",
                        field: "id"))
            }
            acts.add(
                .clientRegistered, by: actor, on: id, .succeeded, [("scopes", scopes.text)])
            return .success(RegisteredClient(client: client, secret: secret?.text))
        }
    }

    /// The application that comes with the service, unless it is registered.
    public func registerApplication(_ redirectURIs: [RedirectURI]) async throws(PeopleError) {
        do throws(PeopleError) {
            _ = try await registerClient(
                Client.applicationID, name: "Holdfast", redirectURIs: redirectURIs,
                scopes: .ofPeople.union(.ofStaff), isConfidential: false,
                by: "system")
        } catch  where error.code == "client_taken" {}
    }

    /// Who stands behind somebody who acts: behind a client whoever registered it, be it another client or a person; anybody
    /// else acts for themselves.
    public func principal(of actor: String) async throws(PeopleError) -> String {
        try await transact { connection throws(PostgreSQLError) -> Answer<String> in
            var behind = actor
            // Each was registered before those that it registered, so this ends.
            while behind.hasPrefix("client:"),
                let registrar = try ClientRow.registrar(
                    of: String(behind.dropFirst("client:".count)), on: &connection)
            {
                behind = registrar
            }
            return .success(behind)
        }
    }

    /// All clients that may ask for tokens.
    public func clients() async throws(PeopleError) -> [Client] {
        try await transact { connection throws(PostgreSQLError) in
            .success(try ClientRow.all(on: &connection).map(\.client))
        }
    }

    /// Ends a client: it gets no more tokens, and those it has end within their life.
    ///
    /// - Parameter actor: who ends it.
    public func endClient(_ id: String, by actor: String) async throws(PeopleError) {
        let now = now
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            guard try ClientRow.end(id, at: now, on: &connection) else {
                return .failure(
                    PeopleError(.notFound, "unknown_client", "there is no such client"))
            }
            acts.add(.clientEnded, by: actor, on: id)
            return .success(())
        }
    }
}
