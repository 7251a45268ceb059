"""Sign e-mail messages with DKIM (RFC 6376, RFC 8463), relaxed/relaxed, over the whole body.

dkimpy canonicalizes and hashes; OpenSSL signs. dkimpy's own RSA is ten times slower, its Ed25519
needs another library, and it reads the clock itself.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.errors import MailError
from copydesk.news.options import DkimOptions

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "list-id", "list-archive",
    "list-unsubscribe", "list-unsubscribe-post", "feedback-id", "auto-submitted", "mime-version",
    "content-type", "content-transfer-encoding",
)  # fmt: skip
# Named once more than they occur, so that nobody can add another above the signed one (RFC 6376,
# section 8.15): fields that a reader sees or replies to, buttons, and how the body is read.
_CLOSED = (
    "from", "to", "cc", "subject", "date", "reply-to", "list-unsubscribe", "list-unsubscribe-post",
    "mime-version", "content-type", "content-transfer-encoding",
)  # fmt: skip
_INSTALL = (
    'in your clone, run `uv tool install ".[dkim]"` to install the extra copydesk[dkim]; '
    "or let a relay sign the mail"
)
_FEWEST_BITS = 1024  # RFC 8301


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signature:
    """What dkimpy reads from a signing key."""

    signature: bytes


class _Key:
    """A private key that dkimpy can call to sign a digest."""

    def __init__(self, key: RSAPrivateKey | Ed25519PrivateKey) -> None:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey as Rsa

        self._key = key
        self.algorithm = b"rsa-sha256" if isinstance(key, Rsa) else b"ed25519-sha256"

    def sign(self, digest: bytes) -> _Signature:
        """Sign a SHA-256 digest."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, utils
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey as Rsa

        if isinstance(self._key, Rsa):
            prehashed = utils.Prehashed(hashes.SHA256())
            return _Signature(signature=self._key.sign(digest, padding.PKCS1v15(), prehashed))
        return _Signature(signature=self._key.sign(digest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs a domain's messages with DKIM. `selector` is the name of the key in the DNS."""

    domain: str
    selector: str
    _key: _Key = field(repr=False)

    def sign(self, message: bytes, date: datetime) -> bytes:
        """Return a message with a DKIM signature header, dated `date`, put on top."""
        import dkim
        from dkim.canonicalization import CanonicalizationPolicy

        signing = dkim.DKIM(message, signature_algorithm=b"ed25519-sha256")  # how `_Key` is called
        policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
        digest = hashlib.sha256(policy.canonicalize_body(signing.body)).digest()
        fields = [
            (b"v", b"1"),
            (b"a", self._key.algorithm),
            (b"c", b"relaxed/relaxed"),
            (b"d", self.domain.encode()),
            (b"s", self.selector.encode()),
            (b"t", b"%d" % date.timestamp()),
            (b"h", b" : ".join(name.encode() for name in _choose_fields(signing.headers))),
            (b"bh", base64.b64encode(digest)),
            (b"b", b"0" * 60),  # dkimpy folds it onto a line of its own
        ]
        names = [name.encode() for name in _choose_fields(signing.headers)]
        signing.hasher = hashlib.sha256
        header = signing.gen_header(fields, names, policy, b"DKIM-Signature", self._key)
        return b"DKIM-Signature: " + bytes(header) + message


def load_signer(options: DkimOptions, key: bytes, domain: str) -> Signer:
    """Create the DKIM signer for a domain from a private key in PEM (RSA or Ed25519).

    `options.domain` takes precedence over `domain`. Raises MailError if the extra copydesk[dkim]
    is not installed or the key cannot be used.
    """
    try:
        import dkim  # noqa: F401
    except ImportError as error:
        raise MailError(
            "could not sign newsletters: the extra copydesk[dkim] is not installed", hint=_INSTALL
        ) from error
    return Signer(
        domain=_check_name(options.domain or domain, "domain"),
        selector=_check_name(options.selector, "selector"),
        _key=_load_key(key, options.key_file),
    )


def _check_name(name: str, kind: str) -> str:
    try:
        ascii_name = name.encode("idna").decode() if name and not name.isascii() else name
    except UnicodeError:  # a label that is empty or too long
        ascii_name = ""
    if not ascii_name or not all(
        part.replace("-", "").replace("_", "").isalnum() for part in ascii_name.split(".")
    ):
        raise MailError(
            f"invalid DKIM {kind}", subject=name, hint=f"set `{kind}` in [mail.dkim] of beat.toml"
        )
    return ascii_name.lower()


def _load_key(key: bytes, name: str) -> _Key:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    hint = "make a key: openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out FILE"
    try:
        loaded = load_pem_private_key(key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it has a password
        raise MailError(
            "the DKIM key file has no private key without a password", subject=name, hint=hint
        ) from error
    if isinstance(loaded, Ed25519PrivateKey):
        return _Key(loaded)
    if isinstance(loaded, RSAPrivateKey) and loaded.key_size >= _FEWEST_BITS:
        return _Key(loaded)
    what = "a DKIM key must be Ed25519, or RSA with 1024 bits or more"
    raise MailError(what, subject=name, hint=hint)


def _choose_fields(headers: list[tuple[bytes, bytes]]) -> list[str]:
    """Return the names of the header fields to sign, and of those that nobody may add later."""
    present = {name.decode("ascii", "replace").lower() for name, _ in headers}
    return [name for name in _SIGNED if name in present] + list(_CLOSED)
