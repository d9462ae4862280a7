internal import Hummingbird
internal import Identity
internal import People

/// `/v1/me`: what a person has told of themselves, and where they are signed in.
struct ProfileController {
    let people: People

    var routes: APIRoutes {
        APIRoutes()
            .get(.person(.profile), use: get)
            .patch(.person(.profile), use: change)
            .get(.person(.profile), "devices", use: devices)
            .patch(.person(.profile), "devices/:id", use: renameDevice)
            .get(.person(.profile), "sessions", use: sessions)
            .delete(.person(.security), "sessions/:id", use: endSession)
            .delete(.person(.security), "sessions", use: endSessions)
    }

    private enum Field: String, CaseIterable { case name, handle }
    private enum DeviceField: String, CaseIterable { case name }

    @Sendable private func get(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try Query(request)
        return .own(try await people.view(try context.person()))
    }

    /// What is left out stays; null takes away.
    @Sendable private func change(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<Field>(submission.body)
        let person = try context.person()
        let now = try await people.view(person).profile
        let name = body.isGiven(.name) ? try body.optionalDisplayName(.name) : now.name
        let handle =
            body.isGiven(.handle)
            ? try body.optionalHandle(.handle) : now.handle.flatMap(Handle.init)
        try await people.setProfile(person, name: name, handle: handle)
        return .own(try await people.view(person))
    }

    @Sendable private func devices(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        let devices = try await people.devices(of: try context.person())
        return .object { writer in
            writer.name("devices")
            writer.array(devices) { writer, device in
                writer.object { writer in
                    writer.member("id", "\(device.id)")
                    writer.member("name", device.name)
                    writer.member("created_at", device.createdAt.rfc3339())
                    writer.member("last_used_at", device.lastUsedAt.rfc3339())
                }
            }
        }
    }

    @Sendable private func renameDevice(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<DeviceField>(try await Submission(request, context).body)
        let name = try body.displayName(.name)
        try await people.renameDevice(
            try context.identifier(), of: try context.person(), name)
        return .empty
    }

    @Sendable private func sessions(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        let sessions = try await people.sessions(of: try context.person())
        let own = try context.session()
        return .object { writer in
            writer.name("sessions")
            writer.array(sessions) { writer, session in
                writer.object { writer in
                    writer.member("id", "\(session.id)")
                    writer.member("is_this", session.id == own)
                    writer.member("device", "\(session.device)")
                    writer.member("client", session.client)
                    writer.member("scope", session.scopes.text)
                    writer.name("methods")
                    writer.array(session.methods.references) { $0.string($1) }
                    writer.member("authenticated_at", session.authenticatedAt.rfc3339())
                    writer.member("created_at", session.createdAt.rfc3339())
                    writer.member("last_used_at", session.lastUsedAt.rfc3339())
                    writer.member("expires_at", session.expiresAt.rfc3339())
                }
            }
        }
    }

    @Sendable private func endSession(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await people.end(try context.identifier(), of: try context.person())
        return .empty
    }

    /// All of them, this one, too.
    @Sendable private func endSessions(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await people.endSessions(of: try context.person())
        return .empty
    }
}

extension Response {
    fileprivate static func own(_ view: People.OwnView) -> Response {
        .object { writer in
            writer.member("id", "\(view.id)")
            writer.member("role", view.role.word)
            writer.member("name", view.profile.name)
            writer.member("handle", view.profile.handle)
            writer.name("contacts")
            writer.array(view.contacts) { writer, contact in
                writer.object { writer in
                    writer.member("id", "\(contact.id)")
                    writer.member("kind", contact.point.kind.word)
                    writer.member("value", contact.point.text)
                    writer.member("verified_at", contact.verifiedAt.rfc3339())
                }
            }
            writer.member("created_at", view.createdAt.rfc3339())
            writer.member("password_changed_at", view.passwordAt.rfc3339())
            writer.member("has_totp", view.hasTimeBasedCodes)
            writer.member("recovery_codes_left", view.recoveryCodes)
        }
    }
}
