"""The packages webauthn and fido2, for the tests of passkeys.

    webauthn_responses.py judge FILE
        has both check the responses and read the options in a file, a JSON list, and says on standard output, as
        JSON, of each whether they accept it: "accepted", or why not
    webauthn_responses.py make
        makes keys of each algorithm, registers and signs with them, and says on standard output, as JSON, what
        a browser would send
"""

import hashlib
import json
import os
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2.attestation import NoneAttestation, PackedAttestation
from fido2.cose import ES256, RS256, EdDSA
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions,
)
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import parse_authentication_options_json, parse_registration_options_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier

ALGORITHMS = [COSEAlgorithmIdentifier(number) for number in (-7, -8, -257)]
FLAG = AuthenticatorData.FLAG


def judge_with_webauthn(case):
    challenge = websafe_decode(case["challenge"])
    creation = parse_registration_options_json(case["creationOptions"])
    request = parse_authentication_options_json(case["requestOptions"])
    assert creation.challenge == request.challenge == challenge
    assert creation.rp.id == request.rp_id == case["rpId"]
    assert creation.user.id == websafe_decode(case["userHandle"])
    assert [offered.alg for offered in creation.pub_key_cred_params] == ALGORITHMS
    expected = {
        "expected_challenge": challenge,
        "expected_rp_id": case["rpId"],
        "expected_origin": case["origin"],
        "require_user_verification": True,
    }
    made = verify_registration_response(
        credential=case["registration"], supported_pub_key_algs=ALGORITHMS, **expected
    )
    verify_authentication_response(
        credential=case["authentication"],
        credential_public_key=made.credential_public_key,
        credential_current_sign_count=made.sign_count,
        **expected,
    )


def verify_attestation(attestation, client_data_hash):
    kinds = {"none": NoneAttestation, "packed": PackedAttestation}
    kinds[attestation.fmt]().verify(
        attestation.att_stmt, attestation.auth_data, client_data_hash
    )


def judge_with_fido2(case):
    creation = PublicKeyCredentialCreationOptions.from_dict(case["creationOptions"])
    request = PublicKeyCredentialRequestOptions.from_dict(case["requestOptions"])
    assert creation.challenge == request.challenge == websafe_decode(case["challenge"])
    server = Fido2Server(
        creation.rp,
        attestation="direct",
        verify_origin=lambda origin: origin == case["origin"],
        verify_attestation=verify_attestation,
    )
    state = {"challenge": case["challenge"], "user_verification": "required"}
    made = server.register_complete(state, case["registration"])
    server.authenticate_complete(state, [made.credential_data], case["authentication"])


def verdict(judge, case):
    try:
        judge(case)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "accepted"


def judge(file):
    with open(file, encoding="utf-8") as text:
        cases = json.load(text)
    return [
        {
            "name": case["name"],
            "webauthn": verdict(judge_with_webauthn, case),
            "fido2": verdict(judge_with_fido2, case),
        }
        for case in cases
    ]


def keys():
    """Each algorithm's COSE type, a new private key, and how it signs."""
    curve = ec.generate_private_key(ec.SECP256R1())
    edwards = ed25519.Ed25519PrivateKey.generate()
    large = rsa.generate_private_key(65537, 3072)
    return [
        (ES256, curve, lambda data: curve.sign(data, ec.ECDSA(hashes.SHA256()))),
        (EdDSA, edwards, edwards.sign),
        (RS256, large, lambda data: large.sign(data, padding.PKCS1v15(), hashes.SHA256())),
    ]


def response(identifier, members):
    text = websafe_encode(identifier)
    encoded = {name: websafe_encode(value) for name, value in members.items()}
    return json.dumps(
        {
            "id": text,
            "rawId": text,
            "type": "public-key",
            "clientExtensionResults": {"credProps": {"rk": True}},
            "authenticatorAttachment": "cross-platform",
            "response": encoded,
        },
        indent=1,
    )


def make_one(cose, private, sign, attested):
    rp_id, origin = "login.peer.example", "https://app.login.peer.example:8443"
    challenge, identifier, handle = os.urandom(32), os.urandom(64), os.urandom(64)
    hashed = hashlib.sha256(rp_id.encode()).digest()
    public = cose.from_cryptography_key(private.public_key())
    told = AttestedCredentialData.create(os.urandom(16), identifier, public)
    data = AuthenticatorData.create(
        hashed,
        FLAG.UP | FLAG.UV | FLAG.BE | FLAG.AT | FLAG.ED,
        41,
        told,
        {"credProtect": 2, "hmac-secret": True},
    )
    client = CollectedClientData.create("webauthn.create", challenge, origin)
    statement = {"alg": cose.ALGORITHM, "sig": sign(data + client.hash)} if attested else {}
    form = "packed" if attested else "none"
    attestation = AttestationObject.create(form, data, statement)
    asserted = AuthenticatorData.create(hashed, FLAG.UP | FLAG.UV | FLAG.BE | FLAG.BS, 42)
    asked = CollectedClientData.create("webauthn.get", challenge, origin)
    return {
        "name": f"{cose.__name__} {form}",
        "algorithm": cose.ALGORITHM,
        "rpId": rp_id,
        "origin": origin,
        "challenge": websafe_encode(challenge),
        "userHandle": websafe_encode(handle),
        # The model, the length of the id and the id come before the key.
        "publicKey": websafe_encode(bytes(told)[18 + len(identifier) :]),
        "signCount": 42,
        "registration": response(
            identifier, {"clientDataJSON": client, "attestationObject": attestation}
        ),
        "authentication": response(
            identifier,
            {
                "clientDataJSON": asked,
                "authenticatorData": asserted,
                "signature": sign(asserted + asked.hash),
                "userHandle": handle,
            },
        ),
    }


def make():
    return [
        make_one(*key, attested) for key in keys() for attested in (False, True)
    ]


if __name__ == "__main__":
    actions = {"judge": judge, "make": make}
    print(json.dumps(actions[sys.argv[1]](*sys.argv[2:])))
