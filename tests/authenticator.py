"""A security key made of software, for tests: answers WebAuthn as a browser with a key does (ES256, no attestation)."""

import hashlib
import json
import secrets

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


class Authenticator:
    """Holds one key for one host. `origin` is where the browser says it is, `verifies` whether it asks for a PIN."""

    def __init__(self, origin="https://testserver", verifies=True):
        self.origin, self.verifies = origin, verifies
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.number, self.uses, self.user = secrets.token_bytes(32), 0, b""

    def create(self, options):
        """The answer to creation options, as the page posts it."""
        options = options["publicKey"]
        self.user = websafe_decode(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        credential = bytes(16) + len(self.number).to_bytes(2, "big") + self.number + cbor.encode(cose)
        data = self._data(options["rp"]["id"], WITH_KEY) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer(
            {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(attestation)},
            clientExtensionResults={"credProps": {"rk": True}},
        )

    def get(self, options):
        """The answer to request options: a signature over them."""
        options = options["publicKey"]
        self.uses += 1
        data, client = self._data(options["rpId"]), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(self.user),
            },
            clientExtensionResults={},
        )

    def _data(self, host, flags=0):
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _client(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response, **more):
        number = websafe_encode(self.number)
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": response, **more})
