"""Signed letters: an independent verifier believes them, and no change of them."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from copydesk.errors import MailError
from copydesk.news.letter import CHOICES, UNSUBSCRIBE, OutgoingIssue
from copydesk.news.options import DkimOptions
from copydesk.newsletters.message import Addressing, MessageTemplate, ReaderPlaces, load_signer

AT = datetime(2026, 11, 28, 7, tzinfo=UTC)
OPTIONS = DkimOptions(selector="2026")
RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
_Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


def _spell(key: _Key, password: bytes = b"") -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption(),
    )


def _sign(key: _Key = RSA) -> bytes:
    who = Addressing(
        from_name="Tide  ä",
        from_address="letters@tidewatch.example",
        reply_to="desk@tidewatch.example",
        list_id="daily.tidewatch.example",
        feedback_id="1:daily:tide",
    )
    issue = OutgoingIssue(
        subject="Pilot boats – " * 9,
        html=f"<p>ü  \n\n.\n {UNSUBSCRIBE}</p>",
        text=f"{CHOICES}\n\n\n",
    )
    places = ReaderPlaces(
        address="reader@world.example",
        unsubscribe="https://tidewatch.example/mail/leave/x",
        choices="https://tidewatch.example/mail/choices/x",
        message_id="1@tidewatch.example",
        return_path="b@tidewatch.example",
    )
    signer = load_signer(OPTIONS, _spell(key), "tidewatch.example")
    return MessageTemplate(who, issue, AT, signer).for_reader(places).message


def _verify(message: bytes) -> bool:
    public = RSA.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def ask(name: bytes, timeout: int = 5) -> bytes | None:
        return record if name == b"2026._domainkey.tidewatch.example." else None

    return bool(dkim.verify(message, dnsfunc=ask))


def test_a_signed_letter_is_believed_and_names_what_must_stay() -> None:
    message = _sign()

    assert _verify(message)
    assert message == _sign()
    head = message.partition(b"\r\nFrom:")[0].decode()
    fields = dict(re.findall(r"\b(\w+)=([^;]*)", re.sub(r"\s", "", head)))
    assert ("rsa-sha256", "relaxed/relaxed", "tidewatch.example", "2026", "1795849200") == (
        fields["a"], fields["c"], fields["d"], fields["s"], fields["t"],
    )  # fmt: skip
    assert (
        "from:to:subject:date:message-id:reply-to:list-id:list-unsubscribe:"
        "list-unsubscribe-post:feedback-id:auto-submitted:mime-version:content-type:"
        "from:to:cc:subject:date:reply-to:list-unsubscribe:list-unsubscribe-post:"
        "mime-version:content-type:content-transfer-encoding"
    ) == fields["h"]
    assert max(map(len, message.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b"Subject: ", b"Subject: Not "),
        (b"List-Unsubscribe: <https://tidewatch", b"List-Unsubscribe: <https://thief"),
        (b"One-Click", b"No-Click"),
        (b"\r\nFrom: ", b"\r\nFrom: a@thief.example\r\nFrom: "),
        (b"\r\nFrom: ", b"\r\nSubject: Win\r\nFrom: "),
        (b"\r\nFrom: ", b"\r\nCc: all@thief.example\r\nFrom: "),
        (b"\r\nFrom: ", b"\r\nReply-To: a@thief.example\r\nFrom: "),
        (b"\r\nFrom: ", b"\r\nList-Unsubscribe: <https://thief.example/>\r\nFrom: "),
        (b"choices/x", b"choices/y"),
        (b"--\r\n", b"--\r\nmore\r\n"),
    ],
)
def test_a_letter_that_was_changed_is_not_believed(there: bytes, instead: bytes) -> None:
    message = _sign()

    assert there in message
    assert not _verify(message.replace(there, instead, 1))


def test_what_relays_do_to_blanks_changes_nothing() -> None:
    folded = _sign().replace(b"\r\nTo: <", b"\r\nTO:  \r\n   <").replace(b"</p>", b"</p>  ")

    assert _verify(b"Received: by x\r\n" + folded + b"\r\n\r\n")


def test_a_short_key_of_a_curve_signs_what_rfc_8463_says() -> None:
    message = _sign(ED25519)

    head, _, rest = message.partition(b"\r\nFrom:")
    assert b"a=ed25519-sha256" in head
    signing = dkim.DKIM(b"From:" + rest)
    policy = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    bare = re.sub(rb"(\sb=)[\s\S]*", rb"\1", head).partition(b":")[2]
    names = re.sub(rb"\s", b"", head.partition(b" h=")[2].partition(b";")[0]).split(b":")
    hashed = hashlib.sha256()
    dkim.hash_headers(
        hashed, policy, policy.canonicalize_headers(signing.headers), names,
        (b"DKIM-Signature", bare), {},
    )  # fmt: skip
    signature = base64.b64decode(re.sub(rb"\s", b"", head.rpartition(b" b=")[2]))
    ED25519.public_key().verify(signature, hashed.digest())


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        _spell(RSA, b"secret"),
        _spell(ec.generate_private_key(ec.SECP256R1())),
        _spell(rsa.generate_private_key(public_exponent=65_537, key_size=1024)).replace(b"M", b"N"),
    ],
)
def test_a_key_that_cannot_sign_is_told_without_it(key: bytes) -> None:
    with pytest.raises(MailError) as raised:
        load_signer(OPTIONS, key, "tidewatch.example")

    assert OPTIONS.key_file == raised.value.subject
    assert "BEGIN" not in f"{raised.value.what} {raised.value.hint}"


@pytest.mark.parametrize(
    ("selector", "domain"), [("", "a.example"), ("a", ""), ("a;b", "a.example"), ("a", "b c")]
)
def test_a_name_that_is_none_signs_nothing(selector: str, domain: str) -> None:
    with pytest.raises(MailError, match="invalid DKIM"):
        load_signer(replace(OPTIONS, selector=selector), _spell(RSA), domain)


def test_without_the_extra_letters_cannot_be_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    # no other way to have it missing here: it is installed with the tests
    monkeypatch.setitem(sys.modules, "dkim", None)

    with pytest.raises(MailError, match="could not sign newsletters") as raised:
        load_signer(OPTIONS, _spell(RSA), "tidewatch.example")

    assert "copydesk[dkim]" in raised.value.hint
