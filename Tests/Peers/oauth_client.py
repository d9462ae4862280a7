"""An independent client of the identity API: authlib for OAuth, pyotp for second factors.

    oauth_client.py ISSUER ADMIN_KEY EMAIL PASSWORD

Registers a public and a confidential client, signs the person in (the person is registered already), and goes through the
authorization code grant with PKCE, refreshing, client credentials, introspection, revocation and the second factor. Prints
one line a step that held; fails at the first that did not.
"""

import sys
from urllib.parse import parse_qs, urlparse

import pyotp
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc import jwt
from joserfc.jwk import KeySet

REDIRECT = "http://127.0.0.1/cb"


def check(what, holds, detail=""):
    if not holds:
        sys.exit(f"{what}: does not hold; {detail}")
    print(what)


def main(issuer, key, email, password):
    # Plain HTTP to this machine alone.
    import os

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
    described = AuthorizationServerMetadata(metadata)
    check("the metadata names the issuer and S256", metadata["issuer"] == issuer
          and described.code_challenge_methods_supported == ["S256"], metadata)
    admin = {"Authorization": f"Bearer {key}"}
    for client in (
        {"id": "peer-app", "name": "Peer", "scope": "profile security wallet:read",
         "redirect_uris": [REDIRECT]},
        {"id": "peer-shop", "name": "Shop", "scope": "payments:read payments:write"},
    ):
        answer = requests.post(f"{issuer}/v1/clients", json=client, headers=admin, timeout=10)
        check(f"{client['id']} is registered", answer.status_code == 201, answer.text)
        secret = answer.json().get("secret")

    browser = requests.Session()

    def sign_in(code=None):
        answer = browser.post(f"{issuer}/v1/sign-in", timeout=10, json={
            "identifier": email, "password": password, "device": {"name": "Peer"}})
        check("the password is taken", answer.status_code == 200, answer.text)
        if code is None:
            return answer.json()["state"]
        answer = browser.post(f"{issuer}/v1/sign-in/second-factor", json={"code": code}, timeout=10)
        return answer.json().get("state", answer.json().get("code"))

    # The port differs from the registered one, as that of a native application does.
    redirect = "http://127.0.0.1:53682/cb"

    def grant():
        verifier = pyotp.random_base32(64)
        client = OAuth2Session("peer-app", scope="profile security", redirect_uri=redirect,
                               code_challenge_method="S256", token_endpoint_auth_method="none")
        url, state = client.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier)
        check("the challenge is the verifier's",
              parse_qs(urlparse(url).query)["code_challenge"] == [create_s256_code_challenge(verifier)])
        answer = browser.get(url, allow_redirects=False, timeout=10)
        check("the browser is sent back", answer.status_code == 302, answer.text)
        location = answer.headers["Location"]
        if "code=" not in location:
            return client, parse_qs(urlparse(location).query)["error"][0]
        token = client.fetch_token(metadata["token_endpoint"], authorization_response=location,
                                   state=state, code_verifier=verifier)
        return client, token

    check("nobody is signed in yet", grant()[1] == "login_required")
    check("the sign-in is complete", sign_in() == "complete")
    client, token = grant()
    check("a token is granted", token["token_type"] == "Bearer" and "refresh_token" in token, token)
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    decoded = jwt.decode(token["access_token"], keys, algorithms=["ES256"])
    check("the token is signed by a published key", decoded.header["typ"] == "at+jwt", decoded.header)
    claims = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": issuer}, aud={"essential": True, "value": issuer},
        exp={"essential": True}, sub={"essential": True})
    claims.validate(decoded.claims)
    check("its claims are whole", decoded.claims["client_id"] == "peer-app", decoded.claims)
    me = client.get(f"{issuer}/v1/me", timeout=10)
    check("it opens what is the person's", me.json()["contacts"][0]["value"] == email, me.text)
    old = token["refresh_token"]
    token = client.refresh_token(metadata["token_endpoint"], refresh_token=old)
    check("a refresh token gives new ones", token["refresh_token"] != old, token)

    begun = client.post(f"{issuer}/v1/me/totp", timeout=10)
    secret_of_codes = begun.json()["secret"]
    parsed = pyotp.parse_uri(begun.json()["uri"])
    check("the URI is read by an authenticator", parsed.secret == secret_of_codes
          and parsed.issuer == "Holdfast", begun.text)
    codes = pyotp.TOTP(secret_of_codes)
    confirmed = client.post(f"{issuer}/v1/me/totp/confirm", json={"code": codes.now()}, timeout=10)
    check("its code is taken", len(confirmed.json().get("recovery_codes", [])) == 10, confirmed.text)
    import time
    later = codes.at(int(time.time()) + 30)
    check("a second factor is asked for", sign_in() == "second_factor_required")
    check("the next code completes the sign-in", sign_in(later) == "complete")
    other, second = grant()
    check("another session is granted", "access_token" in second, second)

    shop = OAuth2Session("peer-shop", secret, token_endpoint_auth_method="client_secret_basic")
    own = shop.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    check("a program gets a token for itself", own["scope"] == "payments:read payments:write", own)
    told = shop.introspect_token(metadata["introspection_endpoint"], token=second["access_token"])
    check("it is told what a token is good for", told.json()["active"] is True, told.text)
    ended = other.revoke_token(metadata["revocation_endpoint"], token=second["refresh_token"])
    check("a session is revoked", ended.status_code == 200, ended.text)
    told = shop.introspect_token(metadata["introspection_endpoint"], token=second["access_token"])
    check("its token is good for nothing then", told.json() == {"active": False}, told.text)

    answer = requests.post(metadata["token_endpoint"], timeout=10, data={
        "grant_type": "refresh_token", "refresh_token": old, "client_id": "peer-app"})
    check("a refresh token used twice is refused", answer.json()["error"] == "invalid_grant", answer.text)
    me = client.get(f"{issuer}/v1/me", timeout=10)
    check("and ends its session", me.status_code == 401, me.text)


if __name__ == "__main__":
    main(*sys.argv[1:])
