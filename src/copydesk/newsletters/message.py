"""Write e-mail messages as bytes: newsletter issues with each subscriber's links, and single mails.

RFC 5322 and MIME, quoted-printable, so that any relay accepts them; signed where there is a key.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from binascii import b2a_qp
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from copydesk.errors import MailError
from copydesk.kit import text, urls
from copydesk.news.letter import CHOICES, UNSUBSCRIBE, OutgoingIssue
from copydesk.news.options import DkimOptions

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# ---- Signing: DKIM (RFC 6376, RFC 8463), relaxed/relaxed, over the whole body
#
# dkimpy canonicalizes and hashes; OpenSSL signs. dkimpy's own RSA is ten times slower, its Ed25519
# needs another library, and it reads the clock itself.

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


# ---- An issue's message, made once and filled in for each reader
#
# The headers and both bodies are encoded once. For each reader a few values are put between the
# pieces, as bytes; a message object of a library for each reader would take a hundred times as
# long.

_PLACES = {UNSUBSCRIBE: 0, CHOICES: 1}


class MessageTemplate:
    """The MIME message of one newsletter issue, with places to fill in for each subscriber."""

    def __init__(
        self,
        addressing: Addressing,
        issue: OutgoingIssue,
        date: datetime,
        signer: Signer | None = None,
    ) -> None:
        """Encode the parts that all subscribers share. Raises MailError for an invalid address."""
        self._signer = signer
        self._date = date
        boundary = name_boundary(issue.subject, issue.text, issue.html)
        self._above = write_mailbox("From", addressing.from_name, addressing.from_address)
        self._below = write_head(addressing, issue.subject, date) + write_alternative(boundary)
        self._text = encode_parts(issue.text, _PLACES)
        self._html = encode_parts(issue.html, _PLACES)
        self._opening, self._middle, self._closing = write_frame(boundary)

    def for_reader(self, places: ReaderPlaces) -> Envelope:
        """Return the message for one subscriber, signed with DKIM if there is a signer.

        Raises MailError for an invalid address, link or id. No value can break out of its field.
        Links are unchanged in the text and escaped in the HTML.
        """
        recipient = spell_address(places.address)
        links = (check_web_address(places.unsubscribe), check_web_address(places.choices))
        in_text = tuple(map(encode_alone, links))
        in_html = tuple(encode_alone(html.escape(link)) for link in links)
        message = b"".join(
            (
                self._above,
                f"To: <{recipient}>\r\n".encode(),
                write_message_id(places.message_id),
                _write_unsubscribe(links[0]),
                self._below,
                self._opening,
                fill(self._text, in_text.__getitem__),
                self._middle,
                fill(self._html, in_html.__getitem__),
                self._closing,
            )
        )
        if self._signer is not None:
            message = self._signer.sign(message, self._date)
        return Envelope(
            sender=spell_address(places.return_path), recipient=recipient, message=message
        )


def write_head(addressing: Addressing, subject: str, date: datetime) -> bytes:
    """Return the header fields that are the same for all subscribers, without those of the body."""
    head = write_words("Subject", subject) + write_field("Date", format_datetime(date))
    if addressing.reply_to:
        head += write_mailbox("Reply-To", "", addressing.reply_to)
    head += write_list_fields(addressing)
    head += write_field("Auto-Submitted", "auto-generated")  # RFC 3834
    return head + write_field("MIME-Version", "1.0")


def write_alternative(boundary: bytes) -> bytes:
    """Return the header of a multipart/alternative body and the empty line after it."""
    kind = b"Content-Type: multipart/alternative;\r\n boundary="
    return kind + b'"' + boundary + b'"\r\n\r\n'


def name_boundary(*words: str) -> bytes:
    """Return a MIME boundary made from a digest of the texts, which cannot occur in the encoded
    body.
    """
    digest = hashlib.sha256("\0".join(words).encode("utf-8", "replace"))
    return b"=_" + digest.hexdigest()[:32].encode()


def write_frame(boundary: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the MIME boundary lines: before the text part, between text and HTML, and
    at the end.
    """
    return (
        b"--" + boundary + b"\r\n" + write_kind("plain"),
        b"\r\n--" + boundary + b"\r\n" + write_kind("html"),
        b"\r\n--" + boundary + b"--\r\n",
    )


def write_kind(subtype: str) -> bytes:
    """Return the MIME header of a text part and the empty line after it."""
    kind = write_field("Content-Type", f"text/{subtype}; charset=utf-8")
    return kind + write_field("Content-Transfer-Encoding", "quoted-printable") + b"\r\n"


def _write_unsubscribe(link: str) -> bytes:
    """Return List-Unsubscribe (RFC 2369), and for https the one-click field (RFC 8058)."""
    field = write_field("List-Unsubscribe", f"<{link}>")
    if link.startswith("https://"):
        field += write_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    return field


# ---- A mail to one person


def write_mail(
    addressing: Addressing, mail: PersonalMail, signer: Signer | None = None
) -> Envelope:
    """Write a message to one recipient, such as a confirmation mail.

    It has no unsubscribe link, so its `addressing` should name no list. Raises MailError for an
    invalid address or id.
    """
    recipient = spell_address(mail.to)
    head = (
        write_mailbox("From", addressing.from_name, addressing.from_address)
        + f"To: <{recipient}>\r\n".encode()
        + write_message_id(mail.message_id)
        + write_head(addressing, mail.subject, mail.date)
    )
    message = head + _write_body(mail.text, mail.html)
    if signer is not None:
        message = signer.sign(message, mail.date)
    sender = spell_address(mail.return_path)
    return Envelope(sender=sender, recipient=recipient, message=message)


def _write_body(text: str, html: str) -> bytes:
    if not html:
        body = write_kind("plain") + encode(text)
        return body if body.endswith(b"\r\n") else body + b"\r\n"
    boundary = name_boundary(text, html)
    opening, middle, closing = write_frame(boundary)
    parts = (write_alternative(boundary), opening, encode(text), middle, encode(html), closing)
    return b"".join(parts)


# ---- Header fields: RFC 5322, RFC 2047 for words that are not ASCII
#
# No value can break out of its field.

END = b"\r\n"
_MOST_CHARACTERS = 500
_MOST_ON_A_LINE = 78  # without its end, where it can be folded (the same section)
_FIELD_OCTETS = 900  # of a value on one line, which has 998 at most (RFC 5322, section 2.1.1)
# marks that change the text direction: with one a name could hide its end
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_HALVES = re.compile("[\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"[!#-'*+\-/-9=?A-Z^-~.]+@[!#-'*+\-/-9=?A-Z^-~.]+")
_LIST_ID = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)
_ADDRESS_OF_WEB = re.compile(r"https?://[!#-;=?-~]+")  # no blank, quote, angle bracket
_TOKEN = re.compile(r"[!-~]+")


def clean(words: str) -> str:
    """Return text as one line, without control characters, direction marks and surrogates."""
    return text.fold(_HALVES.sub("", _DIRECTIONS.sub("", words)))[:_MOST_CHARACTERS]


def write_field(name: str, value: str) -> bytes:
    """Return a header field. Raises MailError if its value is too long or not printable ASCII."""
    if len(value) > _FIELD_OCTETS or not value.isascii() or not value.isprintable():
        raise MailError(
            "the value of a mail header is too long or has characters that are not ASCII",
            subject=name,
        )
    return f"{name}: {value}".encode() + END


def write_words(name: str, words: str) -> bytes:
    """Return a header field with free text, such as Subject, cleaned, encoded and folded."""
    return f"{name}: {_encode(clean(words), len(name) + 2)}".encode() + END


def write_mailbox(name: str, words: str, address: str) -> bytes:
    """Return a header field with a display name and an e-mail address."""
    return _write_with_name(name, words, f"<{spell_address(address)}>")


def write_message_id(message_id: str) -> bytes:
    """Return the Message-ID header field. `message_id` is given without angle brackets."""
    if not _MESSAGE_ID.fullmatch(message_id):
        raise MailError("not a valid Message-ID", subject=clean(message_id))
    return write_field("Message-ID", f"<{message_id}>")


def check_web_address(address: str) -> str:
    """Return a web URL unchanged. Raises MailError if it is no web URL."""
    if not _ADDRESS_OF_WEB.fullmatch(address) or len(address) > _FIELD_OCTETS:
        raise MailError(
            "not a valid web address in a mail",
            hint="use an address with https:// and without spaces",
        )
    return address


def write_list_fields(addressing: Addressing) -> bytes:
    """Return the header fields that all messages of a newsletter share (RFC 2919, RFC 2369)."""
    fields = b""
    if addressing.list_id:
        if not _LIST_ID.fullmatch(addressing.list_id) or len(addressing.list_id) > 255:
            raise MailError("not a valid List-Id", subject=clean(addressing.list_id))
        fields += _write_with_name("List-Id", addressing.list_name, f"<{addressing.list_id}>")
    if addressing.archive:
        fields += write_field("List-Archive", f"<{check_web_address(addressing.archive)}>")
    if addressing.feedback_id:
        if not _TOKEN.fullmatch(addressing.feedback_id):
            raise MailError("not a valid Feedback-ID", subject=clean(addressing.feedback_id))
        fields += write_field("Feedback-ID", addressing.feedback_id)
    return fields


def _write_with_name(name: str, words: str, what: str) -> bytes:
    """Return a header field with a name and a value, on two lines if one is too short."""
    phrase = _write_phrase(words, len(name) + 2)
    if not phrase:
        return f"{name}: {what}".encode() + END
    line = f"{name}: {phrase}"
    is_short = len(line.rpartition("\n")[2]) + 1 + len(what) <= _MOST_ON_A_LINE
    gap = " " if is_short else "\r\n "
    return f"{line}{gap}{what}".encode() + END


def _write_phrase(words: str, used: int) -> str:
    """Return a display name as a phrase: quoted, or encoded if it is long or not ASCII."""
    cleaned = clean(words)
    escaped = cleaned.replace("\\", "\\\\").replace('"', '\\"')
    is_short = used + len(escaped) + 2 <= _MOST_ON_A_LINE
    if not cleaned or (is_short and _is_plain(cleaned)):
        return f'"{escaped}"' if cleaned else ""
    return _fold(cleaned, "utf-8", used)


def _encode(words: str, used: int) -> str:
    return _fold(words, "us-ascii" if _is_plain(words) else "utf-8", used) if words else ""


def _is_plain(words: str) -> bool:
    """Return whether text needs no encoding. Text that looks encoded needs it."""
    return words.isascii() and "=?" not in words


def _fold(words: str, charset: str, used: int) -> str:
    header = Header(words, charset, maxlinelen=76, header_name="x" * max(0, used - 2))
    return header.encode(linesep="\r\n")


# ---- Addresses: RFC 5321, section 4.1.2; RFC 6531 for local parts that are not ASCII

MOST_OCTETS = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
_MOST_LOCAL_OCTETS = 64
# RFC 5322's atext, and what RFC 6532 adds, without blanks, controls and marks of direction
_ATEXT = r"[\w!#$%&'*+/=?^`{|}~-]"
_DOT_ATOM = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~]|[^\W\x00-\x7f])*"')
_LITERAL = re.compile(r"\[(?:IPv6:)?[0-9A-Fa-f.:]{2,60}\]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)


def spell_address(address: str) -> str:
    """Return an e-mail address for SMTP: the domain in ASCII, the local part unchanged.

    Raises MailError, which does not show the address, for an invalid one.
    """
    local, _, domain = address.rpartition("@")
    domain = _spell_domain(domain)
    spelled = f"{local}@{domain}"
    is_written_well = _DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local)
    if not is_written_well or not domain or not _fits(local, spelled):
        raise MailError(
            "not a valid mail address", hint="write it as NAME@DOMAIN, in 254 bytes at most"
        )
    return spelled


def _fits(local: str, spelled: str) -> bool:
    try:
        return len(local.encode()) <= _MOST_LOCAL_OCTETS and len(spelled.encode()) <= MOST_OCTETS
    except UnicodeEncodeError:  # a lone surrogate
        return False


@lru_cache(4096)
def _spell_domain(domain: str) -> str:
    """Return a domain in ASCII (RFC 5891), "" for an invalid one."""
    if _LITERAL.fullmatch(domain):
        return domain
    if not domain.isascii():
        domain = urls.host(f"https://{domain}/") if re.fullmatch(r"[\w.-]+", domain) else ""
    return domain if _DOMAIN.fullmatch(domain) else ""


# ---- Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressing:
    """The sender and the mailing list (RFC 2919) that all messages of a newsletter have.

    `list_id` looks like a host name, `daily.letters.example.org`; `archive` is the URL of the page
    with all issues. "" leaves a field out.
    """

    from_name: str
    from_address: str
    reply_to: str = ""
    list_id: str = ""
    list_name: str = ""
    feedback_id: str = ""
    archive: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderPlaces:
    """The values that differ in each subscriber's message. `message_id` has no angle brackets."""

    address: str = field(repr=False)
    unsubscribe: str = field(repr=False)
    choices: str = field(repr=False)
    message_id: str
    return_path: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message with its SMTP sender and recipient. Domains are in ASCII, lines end with CRLF."""

    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalMail:
    """The content of a message to one recipient. Without `html` it is plain text only."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    message_id: str
    date: datetime
    return_path: str = field(repr=False)


# ---- Quoted-printable (RFC 2045, section 6.7) with placeholders
#
# A placeholder stands between two soft line ends, and so does its value: so the rest of a body is
# encoded once for all readers.

SOFT_END = b"=\r\n"
_LINE_OCTETS = 76  # of a line, its "=" counted


def encode(words: str) -> bytes:
    """Encode text as quoted-printable. All line ends become CRLF."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    return b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")


def encode_alone(words: str) -> bytes:
    """Encode text as quoted-printable with a soft line end, so that other text may be appended."""
    encoded = encode(words)
    start = encoded.rfind(b"\n") + 1
    if len(encoded) - start >= _LINE_OCTETS:  # no room for the soft end
        cut = start + _LINE_OCTETS - 10
        escape = encoded.rfind(b"=", cut - 2, cut)  # its two digits stay with it
        cut = cut if escape < 0 else escape
        encoded = encoded[:cut] + SOFT_END + encoded[cut:]
    return encoded + SOFT_END


def encode_parts(body: str, places: Mapping[str, int]) -> list[bytes | int]:
    """Encode a message body in pieces, split at the placeholders that are filled in later."""
    pattern = re.compile("(" + "|".join(map(re.escape, places)) + ")")
    pieces = pattern.split(body)
    parts: list[bytes | int] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            parts.append(places[piece])
        elif number < len(pieces) - 1:
            parts.append(encode_alone(piece) if piece else b"")
        else:
            parts.append(encode(piece))
    return parts


def fill(parts: list[bytes | int], value: Callable[[int], bytes]) -> bytes:
    """Return a message body with each placeholder replaced by its value in quoted-printable."""
    return b"".join(value(part) if isinstance(part, int) else part for part in parts)
