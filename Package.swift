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
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error),
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

let package = Package(
    name: "Holdfast",
    products: [.executable(name: "holdfast", targets: ["Holdfast"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(
            name: "CLinearAlgebra",
            providers: [.apt(["libblas-dev", "liblapacke-dev", "libopenblas0-pthread"])]),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),

        library("Cryptography", ["CSodium"]),
        .systemLibrary(name: "CProcess"),
        library("ProcessControl", ["CProcess"]),
        library("PostgreSQL", ["CPostgreSQL", "ProcessControl", collections]),
        library("ZeroMQ", ["CZeroMQ"]),
        library("LinearAlgebra", ["CLinearAlgebra"], hot: true),

        library(
            "EventLog", ["Cryptography", protobuf], hot: true, exclude: ["Wire/EventBatch.proto"]),
        library("Features", ["EventLog", "Cryptography"], hot: true),
        library("Scoring", ["LinearAlgebra", "Cryptography"], hot: true),
        library(
            "Ledger", ["EventLog", "PostgreSQL", "Cryptography", collections, logging],
            resources: [.embedInCode("Migrations")]),
        library(
            "PostingStream",
            ["EventLog", "ZeroMQ", "Cryptography", protobuf, collections, logging],
            exclude: ["Wire/Stream.proto"]),
        library("RiskEngine", ["EventLog", "Features", "Scoring", "Cryptography"], hot: true),
        library("Simulation", ["EventLog"]),
        library(
            "Training",
            ["EventLog", "Features", "Scoring", "LinearAlgebra", "Simulation", "Cryptography"],
            hot: true),

        library(
            "Wallet",
            ["EventLog", "Ledger", "PostgreSQL", "Cryptography", collections, logging]),
        library(
            "Verification",
            [
                "EventLog", "Ledger", "PostgreSQL", "RiskEngine", "Features", "Scoring",
                "Cryptography",
            ], hot: true),
        library(
            "Benchmarks",
            [
                "EventLog", "Ledger", "PostgreSQL", "ProcessControl", logging,
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ], hot: true),
        .executableTarget(
            name: "Holdfast",
            dependencies: [
                "Benchmarks", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: executable),

        .target(
            name: "TestCluster", dependencies: ["Ledger", "PostgreSQL", "ProcessControl"],
            path: "Tests/TestCluster",
            swiftSettings: settings),
        tests("EventLogTests", ["EventLog", "Cryptography"]),
        tests("LedgerTests", ["Ledger", "EventLog", "PostgreSQL", "TestCluster", logging]),
        tests(
            "VerificationTests",
            [
                "Verification", "Ledger", "EventLog", "PostgreSQL", "RiskEngine", "Features",
                "Scoring", "Cryptography", "TestCluster", logging,
            ]),
        tests("FeaturesTests", ["Features", "EventLog"]),
        tests(
            "RiskEngineTests", ["RiskEngine", "Features", "Scoring", "EventLog", "Cryptography"]),
        tests("LinearAlgebraTests", ["LinearAlgebra", "Simulation"]),
        tests("ScoringTests", ["Scoring", "LinearAlgebra", "Simulation"]),
        tests("SimulationTests", ["Simulation", "EventLog"]),
        tests(
            "TrainingTests",
            ["Training", "Scoring", "Simulation", "Features", "LinearAlgebra", "EventLog"]),
    ]
)
