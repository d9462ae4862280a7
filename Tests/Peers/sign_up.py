"""Registers people at a running service and signs them in, as an application would.

    sign_up.py ADDRESS COUNT LOG...

Codes are read from the service's logs. Prints a JSON array with an object for each person: handle, account (a wallet in
US dollars), token.
"""

import base64
import hashlib
import json
import re
import secrets
import sys
import time

import requests

PASSWORD = "correct horse battery"


def code_of(verification, logs):
    """The code that was logged for a verification."""
    pattern = re.compile(rf"code=(\d{{6}}).*verification={verification}|verification={verification}.*code=(\d{{6}})")
    for _ in range(300):
        for path in logs:
            try:
                found = pattern.search(open(path, encoding="utf-8", errors="replace").read())
            except FileNotFoundError:
                continue
            if found:
                return found.group(1) or found.group(2)
        time.sleep(0.1)
    raise SystemExit(f"no code for {verification} in {logs}")


def sign_up(address, handle, logs):
    """Registers somebody, signs them in, and opens their wallet."""
    body = {
        "email": f"{handle}.private@example.org", "password": PASSWORD, "name": f"Rosalind {handle} Quistgaard",
        "handle": handle,
    }
    sent = requests.post(f"{address}/v1/registrations", json=body, timeout=30)
    sent.raise_for_status()
    verification = sent.json()["id"]
    confirmed = requests.post(
        f"{address}/v1/registrations/{verification}/confirm",
        json={"code": code_of(verification, logs)}, timeout=30)
    confirmed.raise_for_status()
    session = requests.Session()
    signed = session.post(
        f"{address}/v1/sign-in", json={"identifier": f"@{handle}", "password": PASSWORD}, timeout=30)
    signed.raise_for_status()
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    redirect = f"{address}/signed-in"
    sent_back = session.get(
        f"{address}/oauth/authorize", allow_redirects=False, timeout=30,
        params={
            "client_id": "holdfast-app", "response_type": "code", "redirect_uri": redirect,
            "code_challenge": challenge, "code_challenge_method": "S256",
        })
    code = re.search("code=([^&]+)", sent_back.headers["Location"]).group(1)
    granted = session.post(
        f"{address}/oauth/token", timeout=30,
        data={
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect,
            "code_verifier": verifier, "client_id": "holdfast-app",
        })
    granted.raise_for_status()
    token = granted.json()["access_token"]
    wallet = requests.post(
        f"{address}/v1/me/wallets", json={"currency": "USD"}, timeout=30,
        headers={"Authorization": f"Bearer {token}"})
    wallet.raise_for_status()
    return {"handle": handle, "account": wallet.json()["id"], "token": token}


def main():
    address, count, logs = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    people = [sign_up(address, f"person{number}", logs) for number in range(count)]
    print(json.dumps(people))


if __name__ == "__main__":
    main()
