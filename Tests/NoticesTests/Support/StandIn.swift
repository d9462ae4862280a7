import Foundation
import Outbound
import TestProcesses
import Testing

@testable import Notices

/// Stands in for push services, APNs and FCM, and says what it was asked.
struct StandIn: Sendable {
    /// What the services would hand out.
    struct Setup: Decodable, Sendable {
        let origin: String
        let old: String
        let p256dh: String
        let auth: String
        let vapid: String
        let apns: String
        let google: String
    }
    /// What it was asked; nil for what is not of a service.
    struct Told: Decodable, Sendable {
        let service: String
        let connection: Int
        let path: String?
        let headers: [String: String]?
        let problems: [String]?
        let reason: String?
        let status: String?
        let plain: Push?
        let claims: Claims?
        let token: String?
        let access: String?
        let payload: Payload?
        let message: Message?
        let bytes: Int?
        let body: String?
    }
    struct Push: Decodable, Sendable {
        let id: String
        let kind: String
        let title: String
        let body: String
        let data: [String: String]
    }
    struct Claims: Decodable, Sendable {
        let iat: Int64?
        let exp: Int64?
    }
    struct Payload: Decodable, Sendable {
        struct APS: Decodable, Sendable {
            let alert: [String: String]
        }
        let aps: APS
        let id: String
        let kind: String
        let data: [String: String]
    }
    struct Message: Decodable, Sendable {
        struct Android: Decodable, Sendable {
            let priority: String
            let ttl: String
            let notification: [String: String]
        }
        let token: String
        let notification: [String: String]
        let data: [String: String]
        let android: Android
    }

    let setup: Setup
    let certificates: String
    private let peer: RunningPeer
    private let folder: String

    static func with(_ body: (StandIn) async throws -> Void) async throws {
        let folder = "/tmp/holdfast-stand-in-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let peer = try RunningPeer("notice_services.py", [folder])
        defer { peer.stop() }
        let line = try #require(try await peer.lines(from: 0, count: 1).first)
        let setup = try JSONDecoder().decode(Setup.self, from: Data(line.utf8))
        try await body(
            StandIn(
                setup: setup, certificates: folder + "/certificate.pem", peer: peer,
                folder: folder))
    }

    /// What it was asked, from the first request on.
    func told(_ count: Int) async throws -> [Told] {
        try await peer.lines(from: 1, count: count).map {
            try JSONDecoder().decode(Told.self, from: Data($0.utf8))
        }
    }

    /// A client that may ask it.
    func client(
        count: Int = 2, _ change: (inout OutboundRules) -> Void = { _ in }
    ) -> OutboundClient {
        var rules = OutboundRules()
        rules.allowsPrivateAddresses = true
        rules.trustedCertificates = certificates
        change(&rules)
        return OutboundClient(rules, count: count, name: "test-outbound")
    }

    func subscription(_ word: String = "ok") throws -> DeliveryTarget {
        .device(
            .webPush(
                try WebPushSubscription(
                    endpoint: "\(setup.origin)/push/\(word)", publicKey: setup.p256dh,
                    secret: setup.auth)))
    }
}
