internal import EventLog
internal import Foundation
internal import LinearAlgebra
internal import PostgreSQL
internal import RiskEngine
internal import Scoring
internal import Synchronization
public import Verification

/// Verifies a home's ledger, running or not.
public struct HomeVerification: Sendable {
    private let home: Home
    private let modelFolders: [String]

    /// `modelFolders` are searched for the models that decided, beside those that the home keeps.
    public init(_ home: Home, modelFolders: [String]) {
        self.home = home
        self.modelFolders = modelFolders + [home.modelsFolder]
    }

    /// A cluster that does not run is started for the time it takes.
    public func run(progress: @escaping @Sendable (VerificationProgress) -> Void) throws
        -> VerificationReport
    {
        try home.withRunningCluster { cluster, wasRunning in
            var configuration = Verifier.Configuration(
                database: cluster.connection(application: "holdfast-verify"),
                contextKeys: try MasterKeys(home).keyring(),
                build: EngineService.build,
                fingerprint: NumericFingerprint.current)
            if !wasRunning { configuration.expiryGraceSeconds = nil }
            do {
                var connection = try Connection(configuration.database)
                try home.requireSealedContexts(&connection)
            }
            let models = models()
            return try Verifier(configuration, modelFor: { models[$0] }, progress: progress).run()
        }
    }

    /// Every model file below the folders, by its SHA-256.
    private func models() -> [[UInt8]: RiskModel] {
        var found: [[UInt8]: RiskModel] = [:]
        for folder in modelFolders {
            let names =
                FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
            for name in names where name.hasSuffix(".hfm") {
                guard let model = try? RiskModel.load(path: folder + "/" + name) else { continue }
                found[model.hash.bytes] = model
            }
        }
        return found
    }
}
