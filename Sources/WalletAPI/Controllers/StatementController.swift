internal import Cryptography
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Identity
internal import NIOCore
internal import PersonalWallets
internal import ProcessControl
internal import Statements

/// Statements, receipts and books of what people have.
struct StatementController {
    let wallets: PersonalWallets
    let drawing: LowPriorityThreads
    /// Who has how many drawn.
    let documents: OpenStreams

    var routes: APIRoutes {
        APIRoutes()
            .get(.person(.walletRead), "wallets/:id/statement", use: statement)
            .get(.person(.walletRead), "journal", use: journal)
            .get(.person(.walletRead), "payments/:id/receipt", use: receipt)
    }

    @Sendable private func statement(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let query = try Query(request, "month", "format")
        let period = try Self.month(query)
        let format = try query.word("format", "json", "csv", "pdf")
        let statement = try await wallets.statement(
            of: try context.accountID(), in: period, for: try context.person())
        switch format {
        case "csv":
            return .file(
                try await drawn(context) { .success(statement.csv()) }, "text/csv; charset=utf-8",
                "statement.csv")
        case "pdf":
            return .file(
                try await drawn(context) { Self.stated(statement.pdf) }, "application/pdf",
                "statement.pdf")
        default:
            return .file(
                try await drawn(context) { .success(statement.json()) }, "application/json", nil)
        }
    }

    @Sendable private func journal(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let query = try Query(request, "month")
        let journal = try await wallets.journal(
            in: try Self.month(query), of: try context.person())
        return .file(
            try await drawn(context) { .success(journal.bytes()) }, "text/plain; charset=utf-8",
            "wallet.journal")
    }

    @Sendable private func receipt(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let query = try Query(request, "format")
        let format = try query.word("format", "json", "pdf")
        let receipt = try await wallets.receipt(
            of: try context.transferID(), for: try context.person())
        return format == "pdf"
            ? .file(
                try await drawn(context) { Self.stated(receipt.pdf) }, "application/pdf",
                "receipt.pdf")
            : .file(receipt.json(), "application/json", nil)
    }

    private static func month(_ query: Query) throws(Problem) -> StatementPeriod {
        guard let text = query["month"] else {
            throw Query.invalid("month", "is needed, such as 2026-11")
        }
        do throws(StatementError) { return try StatementPeriod(month: text) } catch {
            throw Query.invalid("month", "must be a month such as 2026-11, from 1970-01 to 9998-12")
        }
    }

    /// Draws a document where nothing waits for it.
    private func drawn(
        _ context: APIContext, _ draw: @escaping @Sendable () -> Result<[UInt8], Problem>
    ) async throws -> [UInt8] {
        let place: OpenStreams.Place
        do throws(Problem) { place = try documents.enter(context.caller) } catch {
            throw Problem.tooManyDocuments
        }
        defer { withExtendedLifetime(place) {} }
        guard let drawn = await drawing.run(draw) else { throw Problem.tooManyDocuments }
        return try drawn.get()
    }

    private static func stated(
        _ render: (PDFFont) throws(StatementError) -> [UInt8]
    ) -> Result<[UInt8], Problem> {
        do throws(StatementError) { return .success(try render(.standard)) } catch {
            return .failure(.bad(error.code.rawValue, "\(error)"))
        }
    }
}

extension Problem {
    static let tooManyDocuments = Problem(
        status: .tooManyRequests, code: "busy", detail: "too many documents are drawn at once",
        headers: [.retryAfter: "2"])
}

extension Response {
    /// A document; with a name it is one to be kept rather than shown.
    static func file(_ bytes: [UInt8], _ type: String, _ name: String?) -> Response {
        var headers: HTTPFields = [.contentType: type]
        if let name { headers[.contentDisposition] = "attachment; filename=\"\(name)\"" }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
