// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Hot modules are optimised across their edges, so that generic and small
/// functions are specialised where they are used.
let hot: [SwiftSetting] =
    settings + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

func library(_ name: String, _ dependencies: [Target.Dependency], hot isHot: Bool = false) -> Target
{
    .target(name: name, dependencies: dependencies, swiftSettings: isHot ? hot : settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let collections: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "Holdfast",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
    ],
    targets: [
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(
            name: "CLinearAlgebra",
            providers: [.apt(["libblas-dev", "liblapacke-dev", "libopenblas0-pthread"])]),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),

        library("Cryptography", ["CSodium"]),
        library("PostgreSQL", ["CPostgreSQL"]),
        library("ZeroMQ", ["CZeroMQ"]),
        library("LinearAlgebra", ["CLinearAlgebra"], hot: true),

        library("EventLog", ["Cryptography", protobuf], hot: true),
        library("Features", ["EventLog", "Cryptography"], hot: true),
        library("Scoring", ["LinearAlgebra", "Cryptography"], hot: true),
        library("Ledger", ["EventLog", "PostgreSQL", "Cryptography", collections, logging]),
        library(
            "PostingStream", ["EventLog", "ZeroMQ", "Cryptography", protobuf, collections, logging]),
        library("RiskEngine", ["EventLog", "Features", "Scoring", "Cryptography"], hot: true),
        library("Simulation", ["EventLog"]),
        library(
            "Training",
            ["EventLog", "Features", "Scoring", "LinearAlgebra", "Simulation", "Cryptography"],
            hot: true),

        tests("EventLogTests", ["EventLog", "Cryptography"]),
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
