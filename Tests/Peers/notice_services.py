"""Stands in for push services, APNs and FCM: HTTP/2 over TLS on one port of this machine.

Checks the wire format of each with libraries that are not the project's (h2, http_ece, joserfc, cryptography), answers as
the service would, and prints one line of JSON for each request. The first line says where it listens, and the keys that
the services would have handed out. Ends when its standard input does.

    notice_services.py FOLDER
"""

import datetime
import ipaddress
import json
import os
import re
import socket
import ssl
import sys
import threading
import time
import urllib.parse

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import http_ece
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

PRINTING = threading.Lock()


def say(value):
    with PRINTING:
        print(json.dumps(value, sort_keys=True), flush=True)


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()).decode()


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def point(key):
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def base64url(data):
    return urlsafe_b64encode(data).decode()


def certify(folder):
    """A certificate for this machine's names, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256()))
    with open(os.path.join(folder, "certificate.pem"), "wb") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
    with open(os.path.join(folder, "key.pem"), "w") as file:
        file.write(pem(key))


class Services:
    def __init__(self, origin):
        self.origin = origin
        self.browser = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.vapid = ec.generate_private_key(ec.SECP256R1())
        self.apns = ec.generate_private_key(ec.SECP256R1())
        self.google = rsa.generate_private_key(65537, 2048)
        self.access = set()

    def handed_out(self):
        return {
            "origin": self.origin,
            "p256dh": base64url(point(self.browser)),
            "auth": base64url(self.secret),
            "vapid": pem(self.vapid),
            "apns": pem(self.apns),
            "google": json.dumps({
                "type": "service_account", "project_id": "holdfast-test",
                "private_key_id": "key-1", "private_key": pem(self.google),
                "client_email": "notices@holdfast-test.iam.example",
                "token_uri": self.origin + "/token"}),
        }

    # Each returns a status, header fields, a body, and what the test is told.

    def answer(self, method, path, headers, body):
        if path.startswith("/3/device/"):
            return self.answer_apns(method, path, headers, body)
        if path.startswith("/v1/projects/"):
            return self.answer_fcm(method, path, headers, body)
        if path == "/token":
            return self.answer_token(method, headers, body)
        if path.startswith("/push/"):
            return self.answer_push(method, path, headers, body)
        return self.answer_web(method, path, headers, body)

    def answer_web(self, method, path, headers, body):
        told = {"service": "web", "method": method, "path": path, "headers": headers,
                "body": body.decode("latin-1")}
        if path == "/long":
            return 200, {}, b"x" * 200_000, told
        if path == "/slow":
            time.sleep(5)
        if path == "/redirect":
            return 302, {"location": self.origin + "/elsewhere"}, b"", told
        if path == "/later":
            return 503, {"retry-after": "120"}, b"", told
        return 200, {"x-answer": "yes", "x-http": "2"}, body[::-1], told

    def answer_push(self, method, path, headers, body):
        word = path.split("/")[2]
        problems = []
        def need(condition, what):
            if not condition:
                problems.append(what)
        need(method == "POST", "RFC 8030, 5: messages are posted")
        need(re.fullmatch(r"\d+", headers.get("ttl", "")), "RFC 8030, 5.2: TTL in seconds")
        need(headers.get("urgency") in ("very-low", "low", "normal", "high"), "RFC 8030, 5.3")
        need(re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("topic", "")), "RFC 8030, 5.4")
        need(headers.get("content-encoding") == "aes128gcm", "RFC 8291, 4")
        need(len(body) <= 4096, "RFC 8291, 4: at most 4096 bytes")
        told = {"service": "push", "path": path, "headers": headers, "bytes": len(body)}
        match = re.fullmatch(r"vapid t=([^,]+), ?k=([A-Za-z0-9_-]+)",
                             headers.get("authorization", ""))
        need(match, "RFC 8292, 3: vapid t=, k=")
        if match:
            need(urlsafe_b64decode(match[2].encode()) == point(self.vapid), "the key's point")
            try:
                token = jwt.decode(match[1], ECKey.import_key(public_pem(self.vapid)),
                                   algorithms=["ES256"])
                claims = token.claims
                told["claims"] = claims
                need(claims["aud"] == self.origin, "RFC 8292, 2: aud is the origin")
                need(claims["sub"].startswith(("mailto:", "https:")), "RFC 8292, 2.1")
            except Exception as error:
                problems.append(f"VAPID: {error!r}")
        try:
            plain = http_ece.decrypt(body, private_key=self.browser, auth_secret=self.secret,
                                     version="aes128gcm")
            told["plain"] = json.loads(plain)
        except Exception as error:
            problems.append(f"RFC 8291: {error!r}")
        told["problems"] = problems
        if problems:
            return 400, {}, b"", told
        special = {
            "gone": (410, {}), "missing": (404, {}), "busy": (429, {"retry-after": "77"}),
            "large": (413, {}), "down": (503, {}), "forbidden": (403, {}),
            "moved": (307, {"location": self.origin + "/push/ok"}),
        }
        status, fields = special.get(word, (201, {"location": self.origin + "/message/1"}))
        return status, fields, b"", told

    def answer_apns(self, method, path, headers, body):
        token = path.removeprefix("/3/device/")
        told = {"service": "apns", "path": path, "headers": headers}
        def refuse(status, reason, **more):
            told["reason"] = reason
            return (status, {"apns-id": headers.get("apns-id", "")},
                    json.dumps({"reason": reason, **more}).encode(), told)
        if method != "POST":
            return refuse(405, "MethodNotAllowed")
        if not re.fullmatch(r"[0-9a-f]{32,200}", token) or token.startswith("bad0"):
            return refuse(400, "BadDeviceToken")
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if scheme != "bearer":
            return refuse(403, "MissingProviderToken")
        try:
            signed = jwt.decode(text, ECKey.import_key(public_pem(self.apns)),
                                algorithms=["ES256"])
        except Exception:
            return refuse(403, "InvalidProviderToken")
        told["claims"], told["token"] = signed.claims, text
        if signed.header.get("kid") != "KEY1234567" or signed.claims.get("iss") != "TEAM123456":
            return refuse(403, "InvalidProviderToken")
        if token.startswith("0403"):
            return refuse(403, "ExpiredProviderToken")
        if headers.get("apns-topic") != "org.example.holdfast":
            return refuse(400, "BadTopic")
        if headers.get("apns-push-type") != "alert":
            return refuse(400, "InvalidPushType")
        if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                            headers.get("apns-id", "")):
            return refuse(400, "BadMessageId")
        if not re.fullmatch(r"\d+", headers.get("apns-expiration", "")):
            return refuse(400, "BadExpirationDate")
        if headers.get("apns-priority") not in ("1", "5", "10"):
            return refuse(400, "BadPriority")
        if not 0 < len(headers.get("apns-collapse-id", "")) <= 64:
            return refuse(400, "BadCollapseId")
        if len(body) > 4096:
            return refuse(413, "PayloadTooLarge")
        told["payload"] = json.loads(body)
        if not isinstance(told["payload"].get("aps", {}).get("alert", {}).get("title"), str):
            return refuse(400, "PayloadEmpty")
        if token.startswith("0410"):
            return refuse(410, "Unregistered", timestamp=1_780_000_000_000)
        if token.startswith("0429"):
            return refuse(429, "TooManyRequests")
        if token.startswith("0503"):
            return refuse(503, "ServiceUnavailable")
        return 200, {"apns-id": headers["apns-id"]}, b"", told

    def answer_token(self, method, headers, body):
        form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
        told = {"service": "token"}
        try:
            assert method == "POST"
            assert headers["content-type"] == "application/x-www-form-urlencoded"
            assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            signed = jwt.decode(form["assertion"], RSAKey.import_key(public_pem(self.google)),
                                algorithms=["RS256"])
            told["claims"], told["header"] = signed.claims, signed.header
            assert signed.header["kid"] == "key-1"
            assert signed.claims["aud"] == self.origin + "/token"
            assert signed.claims["iss"] == "notices@holdfast-test.iam.example"
            assert signed.claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
            assert 0 < signed.claims["exp"] - signed.claims["iat"] <= 3600
        except Exception as error:
            told["problems"] = [repr(error)]
            return 400, {}, json.dumps({"error": "invalid_grant"}).encode(), told
        access = "access-" + os.urandom(8).hex()
        self.access.add(access)
        return (200, {"content-type": "application/json"},
                json.dumps({"access_token": access, "expires_in": 3599,
                            "token_type": "Bearer"}).encode(), told)

    def answer_fcm(self, method, path, headers, body):
        told = {"service": "fcm", "path": path, "headers": headers}
        def refuse(code, status, word=None, fields={}):
            details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                        "errorCode": word}] if word else []
            told["status"] = word or status
            return (code, fields, json.dumps(
                {"error": {"code": code, "message": "…", "status": status,
                           "details": details}}).encode(), told)
        if method != "POST" or path != "/v1/projects/holdfast-test/messages:send":
            return refuse(404, "NOT_FOUND")
        scheme, _, access = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or access not in self.access:
            return refuse(401, "UNAUTHENTICATED")
        if headers.get("content-type") != "application/json":
            return refuse(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
        told["access"] = access
        message = told["message"] = json.loads(body)["message"]
        known = {"token", "notification", "data", "android"}
        texts = all(isinstance(value, str) for value in message.get("data", {}).values())
        android = message.get("android", {})
        if (set(message) - known or not texts or android.get("priority") not in ("HIGH", "NORMAL")
                or not re.fullmatch(r"\d+s", android.get("ttl", ""))):
            return refuse(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
        word = message["token"].split(":")[0]
        special = {
            "left": (404, "NOT_FOUND", "UNREGISTERED"),
            "other": (403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
            "many": (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"),
            "down": (503, "UNAVAILABLE", "UNAVAILABLE"),
            "wrong": (400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
        }
        if word == "revoked":
            self.access.clear()
            return refuse(401, "UNAUTHENTICATED")
        if word in special:
            fields = {"retry-after": "300"} if word == "down" else {}
            return refuse(*special[word], fields)
        return (200, {"content-type": "application/json"},
                json.dumps({"name": "projects/holdfast-test/messages/1"}).encode(), told)


def serve(connection, services, number):
    """One HTTP/2 connection (RFC 9113)."""
    machine = h2.connection.H2Connection(
        h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    machine.initiate_connection()
    connection.sendall(machine.data_to_send())
    streams, pending = {}, {}

    def send(stream):
        while stream in pending:
            room = min(machine.local_flow_control_window(stream),
                       machine.max_outbound_frame_size)
            rest = pending[stream]
            if rest and room <= 0:
                return
            part, pending[stream] = rest[:room], rest[room:]
            machine.send_data(stream, part, end_stream=not pending[stream])
            if not pending[stream]:
                del pending[stream]

    while data := connection.recv(65536):
        for event in machine.receive_data(data):
            match event:
                case h2.events.RequestReceived():
                    streams[event.stream_id] = (dict(event.headers), bytearray())
                case h2.events.DataReceived():
                    streams[event.stream_id][1].extend(event.data)
                    machine.acknowledge_received_data(
                        event.flow_controlled_length, event.stream_id)
                case h2.events.StreamEnded():
                    headers, body = streams.pop(event.stream_id)
                    status, fields, answer, told = services.answer(
                        headers[":method"], headers[":path"],
                        {k: v for k, v in headers.items() if not k.startswith(":")},
                        bytes(body))
                    say({**told, "connection": number})
                    machine.send_headers(
                        event.stream_id, [(":status", str(status)), *fields.items()])
                    pending[event.stream_id] = answer
                    send(event.stream_id)
                case h2.events.WindowUpdated():
                    for stream in list(pending):
                        send(stream)
                case h2.events.StreamReset():
                    pending.pop(event.stream_id, None)
        connection.sendall(machine.data_to_send())


def serve_old(connection):
    """One request over HTTP/1.1, for who asks for HTTP/2 to refuse."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def listen(context, handle):
    server = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept():
        number = 0
        while True:
            plain, _ = server.accept()
            number += 1

            def run(plain=plain, number=number):
                try:
                    with context.wrap_socket(plain, server_side=True) as connection:
                        handle(connection, number)
                except (OSError, h2.exceptions.ProtocolError):
                    pass

            threading.Thread(target=run, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def context_for(folder, protocols):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(
        os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem"))
    context.set_alpn_protocols(protocols)
    return context


def main():
    folder = sys.argv[1]
    certify(folder)
    holder = {}
    port = listen(context_for(folder, ["h2"]),
                  lambda connection, number: serve(connection, holder["services"], number))
    old = listen(context_for(folder, ["http/1.1"]), lambda connection, _: serve_old(connection))
    services = holder["services"] = Services(f"https://localhost:{port}")
    say({**services.handed_out(), "old": f"https://localhost:{old}"})
    sys.stdin.read()


main()
