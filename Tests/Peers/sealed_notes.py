"""A second client for sealed notes, from the published format alone, on the PyPI package `cryptography`.

Usage: sealed_notes.py COMMAND FILE, where FILE is JSON and the answer is JSON on standard output.

* vectors: HPKE vectors of RFC 9180, appendix A; answers which are not met.
* base: opens in base mode what `cryptography` itself sealed, as a check of the HPKE below; answers how many.
* open: notes and the private keys to open them with; answers their contents.
* seal: contents and the public keys to seal them for; answers notes.
* safety: two lists of keys; answers their digests and the safety number.

Bytes are base64url without padding.
"""

import base64
import hashlib
import json
import os
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KDF_SHA256 = 1
MODE_BASE, MODE_AUTH = 0, 2


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# Groups (RFC 9180, section 7.1).


class X25519:
    kem = 0x0020
    length = 32

    @staticmethod
    def private(raw):
        return x25519.X25519PrivateKey.from_private_bytes(raw)

    @staticmethod
    def generate():
        return x25519.X25519PrivateKey.generate()

    @staticmethod
    def public(raw):
        return x25519.X25519PublicKey.from_public_bytes(raw)

    @staticmethod
    def show(public):
        return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    @staticmethod
    def agree(private, public):
        return private.exchange(public)


class P256:
    kem = 0x0010
    length = 65

    @staticmethod
    def private(raw):
        return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())

    @staticmethod
    def generate():
        return ec.generate_private_key(ec.SECP256R1())

    @staticmethod
    def public(raw):
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)

    @staticmethod
    def show(public):
        return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    @staticmethod
    def agree(private, public):
        return private.exchange(ec.ECDH(), public)


class Suite:
    def __init__(self, code, name, group, aead_id, aead):
        self.code, self.name, self.group, self.aead_id, self.aead = code, name, group, aead_id, aead
        self.kem_suite = b"KEM" + struct.pack(">H", group.kem)
        self.hpke_suite = b"HPKE" + struct.pack(">HHH", group.kem, KDF_SHA256, aead_id)


SUITES = [
    Suite(1, "X25519-SHA256-AES256GCM", X25519, 2, AESGCM),
    Suite(2, "X25519-SHA256-CHACHA20POLY1305", X25519, 3, ChaCha20Poly1305),
    Suite(3, "P256-SHA256-AES256GCM", P256, 2, AESGCM),
    Suite(4, "P256-SHA256-CHACHA20POLY1305", P256, 3, ChaCha20Poly1305),
]
BY_CODE = {suite.code: suite for suite in SUITES}
BY_NAME = {suite.name: suite for suite in SUITES}


# HPKE (RFC 9180): `cryptography` has base mode only.


def labeled_extract(suite, salt, label, secret):
    mac = hmac.HMAC(salt or b"\0" * 32, hashes.SHA256())
    mac.update(b"HPKE-v1" + suite + label + secret)
    return mac.finalize()


def labeled_expand(suite, key, label, info, length):
    labeled = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info
    return HKDFExpand(hashes.SHA256(), length, labeled).derive(key)


def extract_and_expand(suite, agreed, context):
    key = labeled_extract(suite.kem_suite, b"", b"eae_prk", agreed)
    return labeled_expand(suite.kem_suite, key, b"shared_secret", context, 32)


def encapsulate(suite, recipient, sender=None, ephemeral=None):
    """Section 4.1, Encap and AuthEncap."""
    group = suite.group
    ephemeral = ephemeral or group.generate()
    encapsulated = group.show(ephemeral.public_key())
    agreed = group.agree(ephemeral, recipient)
    context = encapsulated + group.show(recipient)
    if sender:
        agreed += group.agree(sender, recipient)
        context += group.show(sender.public_key())
    return extract_and_expand(suite, agreed, context), encapsulated


def decapsulate(suite, encapsulated, recipient, sender=None):
    """Section 4.1, Decap and AuthDecap."""
    group = suite.group
    ephemeral = group.public(encapsulated)
    agreed = group.agree(recipient, ephemeral)
    context = encapsulated + group.show(recipient.public_key())
    if sender:
        agreed += group.agree(recipient, sender)
        context += group.show(sender)
    return extract_and_expand(suite, agreed, context)


def key_schedule(suite, mode, shared, info):
    """Section 5.1, without a pre-shared key: key, nonce and the exporter's secret."""
    ids = labeled_extract(suite.hpke_suite, b"", b"psk_id_hash", b"")
    digest = labeled_extract(suite.hpke_suite, b"", b"info_hash", info)
    context = bytes([mode]) + ids + digest
    secret = labeled_extract(suite.hpke_suite, shared, b"secret", b"")
    return (
        labeled_expand(suite.hpke_suite, secret, b"key", context, 32),
        labeled_expand(suite.hpke_suite, secret, b"base_nonce", context, 12),
        labeled_expand(suite.hpke_suite, secret, b"exp", context, 32),
    )


def sequence_nonce(nonce, sequence):
    return bytes(a ^ b for a, b in zip(nonce, sequence.to_bytes(12, "big")))


def hpke_seal(suite, plain, recipient, sender, info):
    shared, encapsulated = encapsulate(suite, recipient, sender)
    key, nonce, _ = key_schedule(suite, MODE_AUTH, shared, info)
    return encapsulated, suite.aead(key).encrypt(nonce, plain, b"")


def hpke_open(suite, encapsulated, sealed, recipient, sender, info):
    mode = MODE_AUTH if sender else MODE_BASE
    shared = decapsulate(suite, encapsulated, recipient, sender)
    key, nonce, _ = key_schedule(suite, mode, shared, info)
    return suite.aead(key).decrypt(nonce, sealed, b"")


def vectors(question):
    unmet = []
    for vector in question:
        suite = next(s for s in SUITES if s.group.kem == vector["kem"] and s.aead_id == vector["aead"])
        value = {name: bytes.fromhex(text) for name, text in vector.items() if isinstance(text, str) and name != "section"}
        group = suite.group
        private, public = group.private(value["skRm"]), group.public(value["pkRm"])
        sender = group.private(value["skSm"]) if value.get("skSm") else None
        shared, encapsulated = encapsulate(suite, public, sender, group.private(value["skEm"]))
        back = decapsulate(suite, encapsulated, private, sender.public_key() if sender else None)
        key, nonce, exporter = key_schedule(suite, MODE_AUTH if sender else MODE_BASE, shared, value["info"])
        met = encapsulated == value["enc"] and shared == back
        for sequence, item in enumerate(vector["encryptions"]):
            plain, aad, sealed = (bytes.fromhex(item[name]) for name in ("pt", "aad", "ct"))
            met &= suite.aead(key).encrypt(sequence_nonce(nonce, sequence), plain, aad) == sealed
        exported = labeled_expand(suite.hpke_suite, exporter, b"sec", value["exporterContext"], 32)
        if not met or exported != value["exported"]:
            unmet.append(vector["section"])
    return unmet


def base(_):
    from cryptography.hazmat.primitives import hpke

    kems = {0x0020: hpke.KEM.X25519, 0x0010: hpke.KEM.P256}
    aeads = {2: hpke.AEAD.AES_256_GCM, 3: hpke.AEAD.CHACHA20_POLY1305}
    opened = 0
    for suite in SUITES:
        theirs = hpke.Suite(kems[suite.group.kem], hpke.KDF.HKDF_SHA256, aeads[suite.aead_id])
        private = suite.group.generate()
        message = theirs.encrypt(b"beauty", private.public_key(), info=b"truth")
        encapsulated, sealed = message[: suite.group.length], message[suite.group.length :]
        opened += hpke_open(suite, encapsulated, sealed, private, None, b"truth") == b"beauty"
    return opened


# Notes.


def short(data):
    return bytes([len(data)]) + data


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def key_id(suite, public):
    return sha256(b"holdfast.device-key.v1", bytes([suite.code]), public)


class Reader:
    def __init__(self, data):
        self.data, self.position = data, 0

    def take(self, count):
        if self.position + count > len(self.data):
            raise ValueError("too short")
        self.position += count
        return self.data[self.position - count : self.position]

    def number(self, count):
        return int.from_bytes(self.take(count), "big")

    def short(self):
        return self.take(self.number(1))


class Note:
    @classmethod
    def parse(cls, data):
        note, reader = cls(), Reader(data)
        if reader.take(5) != b"HFSN\x01":
            raise ValueError("no note")
        note.id = reader.take(16)
        note.subject = (reader.number(1), reader.short())
        note.sender, note.device = reader.short(), reader.take(16)
        note.recipients = []
        for _ in range(reader.number(2)):
            party, device, suite = reader.short(), reader.take(16), BY_CODE[reader.number(1)]
            ids = reader.take(32), reader.take(32)
            secret = reader.take(suite.group.length), reader.take(48)
            note.recipients.append([party, device, suite, *ids, *secret])
        note.commitment, note.nonce = reader.take(32), reader.take(12)
        note.content = reader.take(reader.number(4))
        if reader.position != len(data):
            raise ValueError("too long")
        return note

    def head(self):
        kind, identifier = self.subject
        return b"HFSN\x01" + self.id + bytes([kind]) + short(identifier) + short(self.sender) + self.device

    @staticmethod
    def entry(recipient):
        party, device, suite, theirs, ours = recipient[:5]
        return short(party) + device + bytes([suite.code]) + theirs + ours

    def recipients_digest(self):
        count = struct.pack(">H", len(self.recipients))
        return sha256(b"holdfast.sealed-note.recipients.v1", count, *map(self.entry, self.recipients))

    def content_data(self):
        return b"holdfast.sealed-note.content.v1" + self.head() + self.recipients_digest()

    def info(self, recipient):
        transcript = sha256(
            b"holdfast.sealed-note.transcript.v1",
            self.head(),
            self.recipients_digest(),
            self.commitment,
            self.nonce,
            sha256(self.content),
        )
        return b"holdfast.sealed-note.key.v1" + transcript + self.entry(recipient)

    def bytes(self):
        parts = [self.head(), struct.pack(">H", len(self.recipients))]
        parts += [self.entry(recipient) + recipient[5] + recipient[6] for recipient in self.recipients]
        parts += [self.commitment, self.nonce, struct.pack(">I", len(self.content)), self.content]
        return b"".join(parts)


def commitment(key):
    return sha256(b"holdfast.sealed-note.commitment.v1", key)


def step(count):
    for size in (256, 512, 1024, 2048, 4096):
        if count <= size:
            return size
    eighth = 1 << ((count - 1).bit_length() - 4)
    return -(-count // eighth) * eighth


def pad(case):
    media, data = case.get("mediaType", "").encode(), decode(case["data"])
    body = bytes([2 if media else 1]) + short(media) + struct.pack(">I", len(data)) + data
    return body.ljust(step(len(body)), b"\0")


def unpad(padded):
    reader = Reader(padded)
    kind, media = reader.number(1), reader.short().decode()
    data = reader.take(reader.number(4))
    rest = padded[reader.position :]
    if step(reader.position) != len(padded) or rest.strip(b"\0") or kind not in (1, 2):
        raise ValueError("padding")
    return {"mediaType": media, "data": encode(data)}


def open_one(case):
    note = Note.parse(decode(case["note"]))
    party, device = case["party"].encode(), decode(case["device"])
    recipient = next(r for r in note.recipients if r[0] == party and r[1] == device)
    suite, theirs, ours, encapsulated, sealed = recipient[2:]
    private = suite.group.private(decode(case["privateKeys"][suite.name]))
    if key_id(suite, suite.group.show(private.public_key())) != theirs:
        raise ValueError("another key")
    if note.subject != (case["subjectKind"], decode(case["subject"])):
        raise ValueError("another subject")
    for name, public in case["senderKeys"].items():
        if key_id(BY_NAME[name], decode(public)) == ours:
            sender = suite.group.public(decode(public))
            key = hpke_open(suite, encapsulated, sealed, private, sender, note.info(recipient))
            if commitment(key) != note.commitment:
                raise ValueError("commitment")
            return unpad(AESGCM(key).decrypt(note.nonce, note.content, note.content_data()))
    raise ValueError("another sender")


def open_all(question):
    answers = []
    for case in question:
        try:
            answers.append(open_one(case))
        except (ValueError, InvalidTag, StopIteration) as error:
            answers.append({"refused": type(error).__name__})
    return answers


def seal_one(case):
    note, key = Note(), os.urandom(32)
    note.id, note.nonce, note.commitment = os.urandom(16), os.urandom(12), commitment(key)
    note.subject = (case["subjectKind"], decode(case["subject"]))
    note.sender, note.device = case["party"].encode(), decode(case["device"])
    own = {}
    for name, raw in case["privateKeys"].items():
        suite = BY_NAME[name]
        private = suite.group.private(decode(raw))
        own[suite.group] = (private, key_id(suite, suite.group.show(private.public_key())))
    note.recipients, publics = [], {}
    for recipient in case["recipients"]:
        suite, public, device = BY_NAME[recipient["suite"]], decode(recipient["key"]), decode(recipient["device"])
        party, ours = recipient["party"].encode(), own[suite.group][1]
        note.recipients.append([party, device, suite, key_id(suite, public), ours, b"", b""])
        publics[(party, device)] = suite.group.public(public)
    note.recipients.sort(key=lambda recipient: recipient[:2])
    note.content = AESGCM(key).encrypt(note.nonce, pad(case), note.content_data())
    for recipient in note.recipients:
        public, private = publics[(recipient[0], recipient[1])], own[recipient[2].group][0]
        recipient[5:] = hpke_seal(recipient[2], key, public, private, note.info(recipient))
    return encode(note.bytes())


def seal_all(question):
    return [seal_one(case) for case in question]


def safety(question):
    digests = []
    for person in question:
        keys = sorted(
            (decode(k["device"]), BY_NAME[k["suite"]].group is P256, bytes([BY_NAME[k["suite"]].code]) + decode(k["key"]))
            for k in person["keys"]
        )
        parts = [device + key for device, _, key in keys]
        count = struct.pack(">H", len(parts))
        digests.append(sha256(b"holdfast.key-list.v1", short(person["party"].encode()), count, *parts))
    halves = []
    for digest in digests:
        number = sha256(b"holdfast.safety-number.v1", digest)
        halves.append([f"{int.from_bytes(number[i : i + 5], 'big') % 100000:05}" for i in range(0, 30, 5)])
    return {"digests": [digest.hex() for digest in digests], "number": " ".join(sum(sorted(halves), []))}


def main():
    command, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        question = json.load(file)
    commands = {"vectors": vectors, "base": base, "open": open_all, "seal": seal_all, "safety": safety}
    print(json.dumps(commands[command](question)))


if __name__ == "__main__":
    main()
