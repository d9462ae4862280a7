// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Executables need no explicit import levels.
let executable: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// Hot modules are optimised across their edges, so that generic and small
/// functions are specialised where they are used.
let hot: [SwiftSetting] =
    settings + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

func library(
    _ name: String, _ dependencies: [Target.Dependency], hot isHot: Bool = false,
    exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources,
        swiftSettings: isHot ? hot : settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let collections: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let http: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")

let package = Package(
    name: "Holdfast",
    products: [.executable(name: "holdfast", targets: ["Holdfast"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1",
            traits: []),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
    ],
    targets: [
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(
            name: "CLinearAlgebra",
            providers: [.apt(["libblas-dev", "liblapacke-dev", "libopenblas0-pthread"])]),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CArgon2", providers: [.apt(["libargon2-dev"])]),

        .systemLibrary(name: "CHaru", providers: [.apt(["libhpdf-dev"])]),

        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CPKCS11", providers: [.apt(["libp11-kit-dev"])]),
        .systemLibrary(name: "CQRCode", providers: [.apt(["libqrencode-dev"])]),

        library("Cryptography", ["CArgon2", "CSodium"]),
        library("QRCodes", ["CQRCode"]),
        library("RateLimits", [], hot: true),
        .target(name: "CAPIDocument", exclude: ["openapi.json"]),
        library("APIDocument", ["CAPIDocument"]),
        library("Vault", ["Cryptography", crypto]),
        library("HardwareKeys", ["CPKCS11", "Vault", "Cryptography"]),
        library("SealedNotes", ["Cryptography", crypto]),
        library("Compression", ["CZlib"]),
        .systemLibrary(name: "CPrefetch"),
        .systemLibrary(name: "CProcess"),
        library("SplitMix", [], hot: true),
        library("ProcessControl", ["CProcess", collections]),
        library(
            "PostgreSQL", ["CPostgreSQL", "CProcess", "ProcessControl", collections], hot: true),
        library("ZeroMQ", ["CZeroMQ"]),
        library("LinearAlgebra", ["CLinearAlgebra"], hot: true),

        library(
            "EventLog", ["Cryptography", protobuf], hot: true, exclude: ["Wire/EventBatch.proto"]),
        library("Features", ["CPrefetch", "EventLog", "Cryptography"], hot: true),
        library("Scoring", ["LinearAlgebra", "Cryptography"], hot: true),
        library("ONNX", ["Scoring", protobuf], exclude: ["Wire/Graph.proto"]),
        library("Rules", ["EventLog", "Cryptography"], hot: true),
        library("Tables", ["EventLog", "Features", "Compression", "Cryptography"], hot: true),
        library("AuditTrail", ["PostgreSQL", "Cryptography", crypto, collections]),
        library("Fees", ["EventLog", "Cryptography"]),
        library("Statements", ["CHaru", "EventLog", "Cryptography"]),
        library("ForeignExchange", ["EventLog", "Cryptography"]),
        library("WebAuthn", ["Cryptography", crypto, cryptoExtras]),
        library(
            "Schema", ["PostgreSQL", "Cryptography"], resources: [.embedInCode("Migrations")]),
        library(
            "Ledger", ["EventLog", "PostgreSQL", "Cryptography", "Vault", collections, logging],
            hot: true),
        library("Outbound", ["CCurl", collections]),
        library(
            "Notices",
            [
                "Outbound", "Identity", "EventLog", "PostgreSQL", "Cryptography", crypto,
                cryptoExtras, logging,
            ]),
        library("SpendingLimits", ["EventLog", "Fees", "Ledger"]),
        library(
            "Pricing",
            ["EventLog", "Fees", "ForeignExchange", "Ledger", "SpendingLimits", logging]),
        library(
            "Identity", ["EventLog", "Cryptography", crypto],
            exclude: ["Passwords/SOURCE.md"],
            resources: [.embedInCode("Passwords/common_passwords.txt")]),
        library(
            "People",
            [
                "AuditTrail", "Identity", "Notices", "Vault", "WebAuthn", "EventLog", "PostgreSQL",
                "ProcessControl", "Cryptography", crypto, jwt, logging,
            ]),
        library(
            "PostingStream",
            ["EventLog", "ZeroMQ", "Cryptography", protobuf, collections, logging],
            exclude: ["Wire/Stream.proto"]),
        library(
            "RiskEngine",
            [
                "SplitMix", "EventLog", "Features", "Scoring", "LinearAlgebra", "Cryptography",
                "PostingStream", "Rules",
                logging,
            ], hot: true),
        library("Simulation", ["EventLog", "SplitMix"]),
        library(
            "Training",
            [
                "EventLog", "Features", "Scoring", "LinearAlgebra", "Simulation", "Tables",
                "Cryptography",
            ], hot: true),

        library(
            "Evaluation",
            [
                "EventLog", "Features", "Rules", "Scoring", "LinearAlgebra", "SplitMix", "Tables",
                "Training",
            ], hot: true),

        library(
            "Wallet",
            [
                "EventLog", "Fees", "ForeignExchange", "Ledger", "PostgreSQL", "PostingStream",
                "Pricing", "SpendingLimits", "Cryptography", "Vault", collections, logging,
            ]
        ),
        library(
            "PersonalWallets",
            [
                "AuditTrail", "Cryptography", "EventLog", "Fees", "ForeignExchange", "Identity",
                "Ledger", "Notices", "People", "PostgreSQL", "Pricing", "SealedNotes", "Statements",
                "Vault",
                "Wallet", logging,
            ]),
        library(
            "WalletAPI",
            [
                "APIDocument", "AuditTrail", "Notices", "PersonalWallets", "PostgreSQL", "Pricing",
                "ProcessControl", "Fees", "ForeignExchange", "QRCodes", "RateLimits",
                "SealedNotes",
                "Statements", "Wallet",
                "Ledger",
                "People", "Identity", "EventLog", "Features", "Cryptography",
                logging, hummingbird, http, nio, lifecycle,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ]),
        library(
            "Operations",
            [
                "Verification",
                "AuditTrail", "EventLog", "Fees", "HardwareKeys", "Identity", "Ledger", "Notices",
                "SpendingLimits", "Outbound", "People", "PersonalWallets",
                "Pricing", "Schema", "Vault", "Wallet",
                "WalletAPI", "PostgreSQL", "PostingStream", "RiskEngine", "Tables",
                "Scoring", "Simulation", "LinearAlgebra", "ProcessControl", "Cryptography",
                collections,
                logging, nio,
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        library(
            "Verification",
            [
                "EventLog", "Ledger", "PostgreSQL", "RiskEngine", "Features", "Scoring",
                "Cryptography", "Vault",
            ], hot: true),
        library(
            "Benchmarks",
            [
                "SplitMix", "Operations", "RiskEngine", "PostingStream", "ZeroMQ", "LinearAlgebra",
                "Scoring", "Simulation", "Tables", "Training", "Cryptography", "Vault", nio,
                "EventLog", "Ledger", "Schema", "PostgreSQL", "ProcessControl", logging,
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ], hot: true),
        .executableTarget(
            name: "Holdfast",
            dependencies: [
                "AuditTrail", "Benchmarks", "Operations", "Training", "Evaluation", "Identity",
                "Rules",
                "Simulation",
                "Fees", "RateLimits", "Tables", "Verification", "WalletAPI",
                "RiskEngine",
                "Scoring", "ONNX", "EventLog", "Features",
                "LinearAlgebra", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: executable,
            // Requests allocate on one thread and free on another: glibc's arenas make that dear.
            linkerSettings: [.linkedLibrary("jemalloc")]),

        .target(
            name: "TestCluster", dependencies: ["Schema", "PostgreSQL", "ProcessControl"],
            path: "Tests/TestCluster",
            swiftSettings: settings),
        .target(
            name: "TestNotices",
            dependencies: ["Notices", "People", "Identity", "EventLog", "PostgreSQL", logging],
            path: "Tests/TestNotices", swiftSettings: settings),
        .target(
            name: "TestPlantedData", dependencies: ["Cryptography", "PostgreSQL", logging],
            path: "Tests/TestPlantedData", swiftSettings: settings),
        .target(name: "TestSeed", path: "Tests/TestSeed", swiftSettings: settings),
        .target(
            name: "TestModels", dependencies: ["Scoring", "LinearAlgebra", "Simulation"],
            path: "Tests/TestModels", swiftSettings: settings),
        .target(
            name: "TestAuthenticator",
            dependencies: ["WebAuthn", "Cryptography", crypto, cryptoExtras],
            path: "Tests/TestAuthenticator", swiftSettings: settings),
        .target(name: "TestSockets", path: "Tests/TestSockets", swiftSettings: settings),
        .target(
            name: "TestProcesses", dependencies: ["ProcessControl"], path: "Tests/TestProcesses",
            swiftSettings: settings),
        tests("PostgreSQLTests", ["PostgreSQL", "ProcessControl", "TestCluster"]),
        tests("IdentityTests", ["Identity", "EventLog", "Cryptography", "Vault"]),
        tests(
            "PeopleTests",
            [
                "AuditTrail", "Notices", "People", "Identity", "Vault", "EventLog", "PostgreSQL",
                "Cryptography", "TestAuthenticator", "TestCluster", "TestNotices",
                "TestPlantedData", "WebAuthn", logging, jwt,
            ]),
        tests(
            "AuditTrailTests",
            [
                "AuditTrail", "PostgreSQL", "Cryptography", "SplitMix", "TestCluster", "TestSeed",
                crypto,
            ]),
        tests(
            "StatementsTests", ["Statements", "EventLog", "Cryptography", "SplitMix", "TestSeed"]),
        tests(
            "HardwareKeysTests",
            [
                "HardwareKeys", "CPKCS11", "Vault", "Cryptography", "ProcessControl",
                "TestProcesses",
            ]),
        tests(
            "SealedNotesTests",
            ["SealedNotes", "Cryptography", "SplitMix", "TestProcesses", "TestSeed", crypto]),
        tests("OutboundTests", ["Outbound"]),
        tests(
            "NoticesTests",
            [
                "Notices", "Outbound", "Identity", "EventLog", "PostgreSQL", "Cryptography",
                "Vault", "ProcessControl", "SplitMix", "TestCluster", "TestSeed", "TestProcesses",
                crypto, logging,
            ]),
        tests(
            "PricingTests",
            [
                "Pricing", "SpendingLimits", "Fees", "ForeignExchange", "Ledger", "EventLog",
                logging,
            ]),
        tests("FeesTests", ["Fees", "EventLog", "Cryptography", "SplitMix", "TestSeed"]),
        tests(
            "ForeignExchangeTests",
            ["ForeignExchange", "EventLog", "Cryptography", "SplitMix", "TestSeed"]),
        tests(
            "WebAuthnTests",
            [
                "WebAuthn", "Cryptography", "TestAuthenticator", "TestProcesses", crypto,
                cryptoExtras,
            ]),
        tests("PersonalWalletsTests", ["PersonalWallets", "EventLog", "SplitMix", "TestSeed"]),
        tests("RateLimitsTests", ["RateLimits", "SplitMix", "TestSeed"]),
        tests("QRCodesTests", ["QRCodes", "TestProcesses"]),
        tests("SchemaTests", ["Schema", "PostgreSQL", "TestCluster"]),
        tests("EventLogTests", ["EventLog", "Cryptography"]),
        tests(
            "WalletTests",
            [
                "Wallet", "Ledger", "PostgreSQL", "RiskEngine", "PostingStream", "Scoring",
                "EventLog", "Cryptography", "TestCluster", "Vault", logging,
            ]),
        tests(
            "LedgerTests",
            ["SplitMix", "Ledger", "EventLog", "PostgreSQL", "TestCluster", "Vault", logging]),
        tests(
            "VerificationTests",
            [
                "Verification", "Ledger", "EventLog", "PostgreSQL", "RiskEngine", "Features",
                "Scoring", "Operations", "Tables", "Cryptography", "TestCluster", "TestSeed",
                "Vault", logging,
            ]),
        tests("FeaturesTests", ["SplitMix", "Features", "EventLog", "TestSeed"]),
        tests(
            "RiskEngineTests",
            [
                "RiskEngine", "Features", "Scoring", "EventLog", "Cryptography", "PostingStream",
                "TestSeed", logging,
            ]),
        tests(
            "WalletAPITests",
            [
                "APIDocument", "AuditTrail", "WalletAPI", "Wallet", "Ledger", "People",
                "PersonalWallets", "PostgreSQL", "Pricing", "ProcessControl",
                "RateLimits", "SealedNotes",
                "Identity", "Notices", "Vault", "EventLog", "Cryptography", "TestAuthenticator",
                "TestNotices", "TestCluster",
                "TestSockets",
                "TestProcesses", "WebAuthn", logging, hummingbird,
                http, nio,
            ]),
        tests(
            "PostingStreamTests",
            [
                "SplitMix", "PostingStream", "EventLog", "Cryptography", "ZeroMQ", "TestSeed",
                "TestSockets", logging,
            ]),
        tests(
            "FaultTests",
            [
                "SplitMix", "Holdfast", "Operations", "Ledger", "PostgreSQL", "ProcessControl",
                "EventLog", "TestPlantedData", "TestSeed", "TestSockets", "TestProcesses",
            ]),
        tests(
            "CommandTests",
            [
                "AuditTrail", "Holdfast", "Operations", "Ledger", "PostgreSQL", "ProcessControl",
                "EventLog", "TestCluster", "TestSockets", "TestProcesses",
            ]),
        tests("EvaluationTests", ["Evaluation", "SplitMix", "TestSeed"]),
        tests("LinearAlgebraTests", ["LinearAlgebra", "Simulation"]),
        tests(
            "ONNXTests",
            [
                "ONNX", "Scoring", "Training", "LinearAlgebra", "Simulation", "TestModels",
                "TestProcesses", "TestSeed", protobuf,
            ]),
        tests("RulesTests", ["Rules", "EventLog", "SplitMix", "TestSeed"]),
        tests("ScoringTests", ["Scoring", "LinearAlgebra", "Simulation", "TestModels"]),
        tests("SimulationTests", ["Simulation", "EventLog"]),
        tests(
            "TrainingTests",
            [
                "Training", "Scoring", "Simulation", "Features", "LinearAlgebra", "Tables",
                "EventLog",
            ]),
        tests(
            "TablesTests",
            ["Tables", "Compression", "SplitMix", "Features", "EventLog", "TestSeed"]),
    ]
)
