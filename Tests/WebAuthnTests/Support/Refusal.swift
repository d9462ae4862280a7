import Testing
import WebAuthn

/// Something that is refused, and the code that it is refused with.
struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: WebAuthnError.Code
    let attempt: @Sendable () throws -> Void

    init(
        _ code: WebAuthnError.Code, _ name: String, _ attempt: @escaping @Sendable () throws -> Void
    ) {
        testDescription = "\(code.rawValue): \(name)"
        self.code = code
        self.attempt = attempt
    }

    func expect(_ location: SourceLocation = #_sourceLocation) {
        #expect(Self.code(attempt) == code, "\(testDescription)", sourceLocation: location)
    }

    /// What something is refused with; nil if it is not.
    static func code(_ attempt: () throws -> Void) -> WebAuthnError.Code? {
        do {
            try attempt()
            return nil
        } catch let error as WebAuthnError {
            #expect(error.description.hasPrefix(error.code.rawValue + ": "))
            return error.code
        } catch {
            Issue.record(error)
            return nil
        }
    }
}
