"""DKIM: whether the key that signs here is the one that the DNS shows (RFC 6376, 8301, 8463)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from copydesk.post.checks._finding import CheckState, MailFinding
from copydesk.post.checks._names import MailNames
from copydesk.post.checks._tags import read_tags

_LEAST_BITS, _GOOD_BITS = 1024, 2048  # RFC 8301, section 3.2
_PIECE = 250  # of a text in the DNS at most 255 bytes
MAKE_KEY = (
    "make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out {path}, and "
    "chmod 600 {path}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key as the DNS has it: `k=`, the bytes of `p=`, and its length in bits."""

    kind: str
    data: bytes
    bits: int


def read_public_key(private: bytes) -> PublicKey | None:
    """Return the public half of a private key in PEM, None for what is none, RSA or Ed25519."""
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    try:
        key = forms.load_pem_private_key(private, password=None)
    except (ValueError, TypeError):
        return None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(forms.Encoding.Raw, forms.PublicFormat.Raw)
        return PublicKey(kind="ed25519", data=raw, bits=256)
    if isinstance(key, rsa.RSAPrivateKey):
        info = forms.PublicFormat.SubjectPublicKeyInfo
        data = key.public_key().public_bytes(forms.Encoding.DER, info)
        return PublicKey(kind="rsa", data=data, bits=key.key_size)
    return None


async def check_dkim(
    selector: str, domain: str, private: bytes | None, key_file: str, names: MailNames
) -> MailFinding:
    """Compare the key that signs with the one of the DNS; without a selector a relay signs."""
    if not selector:
        return MailFinding(
            kind="dkim",
            state="remark",
            what="letters are not signed here; whether the relay signs is seen in a test letter",
            hint="look at what arrives: copydesk mail doctor --send ADDRESS",
        )
    key = read_public_key(private) if private else None
    if key is None:
        what = "cannot be read" if private is None else "is neither RSA nor Ed25519 in PEM"
        return _fault(f"the key that signs {what}: {key_file}", MAKE_KEY.format(path=key_file))
    name = f"{selector}._domainkey.{domain}"
    texts = [text for text in await names.find_texts(name) if "p=" in text.replace(" ", "")]
    line = _write_line(name, key)
    if not texts:
        return _fault(f"the DNS has no key: {name}", line)
    if len(texts) > 1:
        return _fault(f"the DNS has {len(texts)} keys where one may stand: {name}", line)
    return _compare(texts[0], key, name, line)


def _compare(text: str, key: PublicKey, name: str, line: str) -> MailFinding:
    tags = read_tags(text)
    shown = _decode(tags.get("p", "")) if tags else None
    if tags is None or shown is None or tags.get("v", "DKIM1") != "DKIM1":
        return _fault(f"the key in the DNS cannot be read: {name}", line)
    if not shown:
        return _fault(f"the key in the DNS is revoked (`p=` is empty): {name}", line)
    if (tags.get("k", "rsa"), shown) != (key.kind, key.data):
        return _fault(f"the key in the DNS is not the one that signs: {name}", line)
    if key.kind == "rsa" and key.bits < _GOOD_BITS:
        what = f"the key has {key.bits} bits, and 2048 are expected: {name}"
        state: CheckState = "fault" if key.bits < _LEAST_BITS else "remark"
        return MailFinding(kind="dkim", state=state, what=what, hint="make a longer one")
    if "y" in tags.get("t", "").replace(" ", "").split(":"):
        what, hint = f"the key is shown as one that is tried out: {name}", "leave out t=y"
        return MailFinding(kind="dkim", state="remark", what=what, hint=hint)
    return MailFinding(kind="dkim", state="ok", what=f"the key that signs is shown: {name}")


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _write_line(name: str, key: PublicKey) -> str:
    text = f"v=DKIM1; k={key.kind}; p={base64.b64encode(key.data).decode()}"
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
    return " ".join((f"{name}. IN TXT", *(f'"{piece}"' for piece in pieces)))


def _fault(what: str, hint: str) -> MailFinding:
    return MailFinding(kind="dkim", state="fault", what=what, hint=hint)
