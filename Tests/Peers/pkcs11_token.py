"""A second program at a token: the same keys through the PyPI package `python-pkcs11`.

Usage: pkcs11_token.py MODULE TOKEN PIN_VARIABLE LABEL COMMAND [ARGUMENT...].
"""

import json
import os
import sys

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass

NONCE = 12


def attributes(session, label):
    """What the key says of itself, and whether its value can be had."""
    keys = list(session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: label}))
    key = keys[0]
    try:
        value = bytes(key[Attribute.VALUE]).hex()
    except pkcs11.exceptions.PKCS11Error as error:
        value = type(error).__name__
    return {
        "count": len(keys),
        "bits": key.key_length,
        "private": key[Attribute.PRIVATE],
        "sensitive": key[Attribute.SENSITIVE],
        "extractable": key[Attribute.EXTRACTABLE],
        "neverExtractable": key[Attribute.NEVER_EXTRACTABLE],
        "local": key[Attribute.LOCAL],
        "value": value,
    }


def seal(session, label, plain, context):
    """Nonce, ciphertext and tag."""
    nonce = os.urandom(NONCE)
    parameters = GCMParams(nonce, aad=context.encode(), tag_bits=128)
    key = session.get_key(key_type=KeyType.AES, label=label)
    return (nonce + key.encrypt(bytes.fromhex(plain), mechanism=Mechanism.AES_GCM, mechanism_param=parameters)).hex()


def unseal(session, label, sealed, context):
    """What was sealed."""
    sealed = bytes.fromhex(sealed)
    parameters = GCMParams(sealed[:NONCE], aad=context.encode(), tag_bits=128)
    key = session.get_key(key_type=KeyType.AES, label=label)
    return key.decrypt(sealed[NONCE:], mechanism=Mechanism.AES_GCM, mechanism_param=parameters).hex()


def make(session, label, bits, extractable, with_id):
    """A key that may be none for a master key."""
    template = {Attribute.EXTRACTABLE: extractable == "extractable", Attribute.SENSITIVE: extractable != "extractable"}
    session.generate_key(
        KeyType.AES, int(bits), label=label, id=b"peer's" if with_id == "id" else None, store=True, template=template)
    return "made"


def main():
    module, token, variable, label, command, *arguments = sys.argv[1:]
    commands = {"attributes": attributes, "seal": seal, "open": unseal, "make": make}
    with pkcs11.lib(module).get_token(token_label=token).open(user_pin=os.environ[variable], rw=True) as session:
        answer = commands[command](session, label, *arguments)
    print(answer if isinstance(answer, str) else json.dumps(answer))


if __name__ == "__main__":
    main()
