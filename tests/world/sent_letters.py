"""Letters as their readers' servers get them: with a foot, fields, links of one reader, signed."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage

from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from copydesk.news.options import DkimOptions, SmtpOptions
from copydesk.newsletters.composing import FiledMail, RenderedIssue, make_outgoing
from copydesk.newsletters.message import (
    Addressing,
    Envelope,
    MessageTemplate,
    ReaderPlaces,
    Signer,
    load_signer,
)
from copydesk.newsletters.smtp import open_line
from copydesk.rendering import load_strings
from world.mailing import AT
from world.smtp import MailServer

DOMAIN, SELECTOR = "tidewatch.example", "2026"
_SITE = f"https://{DOMAIN}/coast"
_LINKS = f"https://letters.{DOMAIN}/mail"
_TOKEN = "AQEAAQAAAABq__4ABWRhaWx58_-inlaZKdwMsV0KFCi1Dw"  # as long as ours are
WHO = Addressing(
    from_name="Tidewatch",
    from_address=f"letters@{DOMAIN}",
    list_id=f"daily.{DOMAIN}",
    list_name="Tidewatch täglich",
    feedback_id="daily-2026-11-28:daily:copydesk:tidewatch-examp",
    archive=f"{_SITE}/newsletters/",
)
Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """A sender's key: the file of the private one, and what stands in the DNS of the public one."""

    name: str
    pem: bytes
    record: str

    def load(self) -> Signer:
        """Return what signs by it."""
        return load_signer(DkimOptions(selector=SELECTOR), self.pem, DOMAIN)


def make_rsa_key(bits: int = 2048) -> OwnKey:
    """Return a new key as most senders have one."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=bits)
    public = key.public_key().public_bytes(
        forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo
    )
    return OwnKey(name=f"rsa-{bits}", pem=_spell(key), record=_record("rsa", public))


def make_curve_key() -> OwnKey:
    """Return a new key of RFC 8463."""
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(forms.Encoding.Raw, forms.PublicFormat.Raw)
    return OwnKey(name="ed25519", pem=_spell(key), record=_record("ed25519", public))


def make_letter(
    issue: RenderedIssue, language: str = "en", signer: Signer | None = None, number: int = 1
) -> Envelope:
    """Return a letter to one reader, as it is sent."""
    filed = FiledMail(
        subject=issue.subject,
        html=issue.html,
        page=f"{_SITE}/newsletter/daily-2026-11-28/",
        postal_address="Tidewatch, Quay 3, 20457 Hamburg",
    )
    template = MessageTemplate(WHO, make_outgoing(filed, load_strings(language)), AT, signer)
    return template.for_reader(
        ReaderPlaces(
            address=f"reader{number}@reader.example",
            unsubscribe=f"{_LINKS}/leave/{_TOKEN}{number}",
            choices=f"{_LINKS}/choices/{_TOKEN}{number}",
            message_id=f"daily-2026-11-28.{number}@{DOMAIN}",
            return_path=f"bounces+{number}@{DOMAIN}",
        )
    )


def send_letters(envelopes: Iterable[Envelope]) -> list[bytes]:
    """Send letters by SMTP to a server on loopback; return what it took, byte for byte."""

    async def send() -> list[bytes]:
        async with MailServer() as server:
            options = SmtpOptions(host="127.0.0.1", port=server.port, security="none")
            line = await open_line(options)
            for envelope in envelopes:
                answer = await line.send(envelope)
                assert "accepted" == answer.kind, answer
            await line.close()
            return server.letters

    return asyncio.run(send())


def read_page(message: bytes) -> str:
    """Return the HTML of a letter, as a mail program gets it."""
    read = email.message_from_bytes(message, policy=email.policy.SMTP)
    assert isinstance(read, EmailMessage)
    body = read.get_body(("html",))
    assert body is not None
    page: str = body.get_content()
    return page


def _spell(key: Key) -> bytes:
    plain = forms.NoEncryption()
    return key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, plain)


def _record(kind: str, public: bytes) -> str:
    return f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}"
