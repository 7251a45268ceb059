"""A device that makes and uses passkeys, as a telephone does, in a few lines."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40


@dataclass(slots=True)
class Authenticator:
    """One passkey of one device; `origin` is what its browser says of the page that asked.

    `verifies` says whether it asks for finger, face or PIN, `uses` how often it says it was used.
    """

    origin: str
    host: str
    verifies: bool = True
    uses: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    handle: str = ""
    _key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> bytes:
        """Return what a browser sends when it was asked to make a passkey."""
        self.handle = options["user"]["id"]
        length = len(self.id).to_bytes(2, "big")
        data = self._data(_WITH_KEY) + bytes(16) + length + self.id + self._cose_key()
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._write(
            clientDataJSON=self._client_data("webauthn.create", options["challenge"]),
            attestationObject=attestation,
        )

    def get(self, options: dict[str, Any]) -> bytes:
        """Return what a browser sends when it was asked for a passkey."""
        self.uses += 1
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(0)
        signed = data + hashlib.sha256(client_data).digest()
        return self._write(
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=self._key.sign(signed, ec.ECDSA(hashes.SHA256())),
            userHandle=base64url_to_bytes(self.handle),
        )

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _cose_key(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})  # EC2, ES256, P-256 (RFC 9053)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _write(self, **response: bytes) -> bytes:
        name = bytes_to_base64url(self.id)
        written = {key: bytes_to_base64url(value) for key, value in response.items()}
        credential = {"id": name, "rawId": name, "type": "public-key", "response": written}
        return json.dumps(credential).encode()
