import Cryptography
import Testing

@testable import AuditTrail

@Suite struct SignedTreeHeadTests {
    /// The first test of RFC 8032, section 7.1: an empty message.
    @Test func `signatures are those of RFC 8032`() throws {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
        let publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        let signature =
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
            + "39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        let seedBytes = try #require(Hexadecimal.decode(seed))
        let key = try #require(AuditSigningKey(seed: seedBytes))
        #expect(key.publicKey.description == publicKey)
        #expect(key.signature(of: []).map { Hexadecimal.encode($0) } == signature)
        let bytes = try #require(Hexadecimal.decode(signature))
        let known = try #require(AuditPublicKey(publicKey))
        #expect(known.verifies(bytes, of: []))
        #expect(AuditSigningKey(seed: [1, 2]) == nil)
        #expect(AuditPublicKey("12") == nil)
    }

    @Test func `a head verifies with the key that signed it and with no other`() throws {
        let key = AuditSigningKey()
        let (log, _) = Samples.entries(11)
        let head = try #require(SignedTreeHead(log, signedAtMicros: 5, with: key))
        #expect(head.verify(with: key.publicKey))
        #expect(!head.verify(with: AuditSigningKey().publicKey))
        #expect(head.root == log.tree.root && head.size == 11 && head.log == Samples.log)
    }

    @Test func `nothing in a head can be changed`() throws {
        let key = AuditSigningKey()
        let (log, _) = Samples.entries(11)
        let head = try #require(SignedTreeHead(log, signedAtMicros: 5, with: key))
        func changed(
            log: AuditLogID? = nil, size: Int64? = nil, root: SHA256Digest? = nil,
            time: Int64? = nil, key: AuditKeyID? = nil, signature: [UInt8]? = nil
        ) -> SignedTreeHead {
            SignedTreeHead(
                log: log ?? head.log, size: size ?? head.size, root: root ?? head.root,
                signedAtMicros: time ?? head.signedAtMicros, key: key ?? head.key,
                signature: signature ?? head.signature)
        }
        #expect(changed().verify(with: key.publicKey))
        let others = [
            changed(log: AuditLogID(high: 1, low: 1)), changed(size: 12), changed(root: .zero),
            changed(time: 6), changed(key: AuditSigningKey().publicKey.id),
            changed(signature: []), changed(signature: head.signature + [0]),
        ]
        #expect(others.allSatisfy { !$0.verify(with: key.publicKey) })
        for byte in head.signature.indices {
            var signature = head.signature
            signature[byte] ^= 1
            #expect(!changed(signature: signature).verify(with: key.publicKey))
        }
    }
}
