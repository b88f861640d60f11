"""A small OpenID Connect provider on loopback, which can be told to cheat."""

import base64
import functools
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "chibo", "a secret of the two"


@functools.cache
def key_of(holder):
    """A key, the same for one holder during a run: making one takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """One person is signed in at it: `person` holds the claims about them."""

    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.key, self.published = key_of("provider"), None
        self.person = {"sub": "p-1", "email": "lan@example.vn", "email_verified": True}
        self.refuses = False
        self.claims = {}  # of the id_token, in place of the right ones
        self.details = {}  # of userinfo, the same
        self.codes = {}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def discovery(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self):
        public = (self.published or self.key).public_key()
        return {
            "keys": [
                jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
                | {"kid": "k1", "alg": "RS256", "use": "sig"}
            ]
        }

    def authorize(self, query):
        """The address that the browser is sent back to."""
        if self.refuses:
            back = {"error": "access_denied", "state": query["state"]}
        else:
            code = f"code-{len(self.codes)}"
            self.codes[code] = query
            back = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form):
        asked = self.codes.pop(form["code"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
        assert (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": self.person["sub"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        } | self.claims
        id_token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k1"})
        return {"access_token": "opens", "token_type": "Bearer", "id_token": id_token}

    def userinfo(self):
        return self.person | self.details


def _handler(provider):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            address = urlsplit(self.path)
            if address.path == "/authorize":
                query = {name: words[0] for name, words in parse_qs(address.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
                return
            answers = {
                "/.well-known/openid-configuration": provider.discovery,
                "/keys": provider.keys,
                "/userinfo": provider.userinfo,
            }
            self.answer(answers[address.path]())

        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.answer(provider.token({name: words[0] for name, words in form.items()}))

        def answer(self, data):
            body = json.dumps(data).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words):
            pass

    return Handler
