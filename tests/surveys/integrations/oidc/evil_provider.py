"""A provider that lies as it is told to: what a well-behaved one could never be made to send."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import Key, OctKey, RSAKey
from werkzeug.test import TestResponse

CLIENT, SECRET = "tribometer", "s" * 32
OWN, OTHER = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))


class EvilProvider:
    """What it says, to be changed by a test before somebody signs in."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        places = ("authorization", "token", "userinfo")
        self.metadata: Any = {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            **{f"{place}_endpoint": f"{self.issuer}/{place}" for place in places},
        }
        self.claims: dict[str, Any] = {
            "iss": self.issuer, "aud": CLIENT, "sub": "s-1", "email": "ada@example.org",
            "email_verified": True, "name": "Ada", "iat": int(time.time()),
            "exp": int(time.time()) + 60,
        }  # fmt: skip
        self.key: Key = OWN
        self.algorithm = "RS256"
        self.userinfo: dict[str, Any] = {"sub": "s-1"}
        self.sends_token = True
        self.waits = 0.0

    def answer(self, path: str) -> Any:
        """The JSON at an address."""
        time.sleep(self.waits)
        if path == "/jwks":
            return {"keys": [OWN.as_dict(private=False)]}
        if path == "/userinfo":
            return self.userinfo
        if path == "/token":
            token = self._token()
            sent = {"id_token": token} if self.sends_token else {}
            return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, **sent}
        return self.metadata

    def _token(self) -> str:
        header = {"alg": self.algorithm, "kid": "one"}
        if self.algorithm != "none":
            return jwt.encode(header, self.claims, self.key, algorithms=[self.algorithm])
        parts = (json.dumps(part).encode() for part in (header, self.claims))
        return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."

    def asked(self, browser: FlaskClient) -> dict[str, str]:
        """What the installation asks; the nonce will be returned unless a test set another."""
        location = browser.get("/sign-in/organisation").location or ""
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        self.claims.setdefault("nonce", query.get("nonce"))
        return query

    def back(self, browser: FlaskClient, state: str) -> TestResponse:
        """Send a browser back with the answer."""
        address = "/sign-in/organisation/back"
        return browser.get(address, query_string={"state": state, "code": "c"})

    def sign_in(self, browser: FlaskClient) -> TestResponse:
        """Somebody's way there and back."""
        begun = self.asked(browser)
        return self.back(browser, begun["state"]) if begun else browser.get("/sign-in/organisation")


def shared_secret() -> OctKey:
    """The secret between the provider and us as a key."""
    return OctKey.import_key(SECRET)


@contextmanager
def running() -> Iterator[EvilProvider]:
    """The provider on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(evil.answer(urlsplit(self.path).path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    evil = EvilProvider(server.server_port)
    Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    yield evil
    server.shutdown()
    server.server_close()
