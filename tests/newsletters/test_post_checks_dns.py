"""What the DNS says of a sender's domain, asked of a name server on loopback."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from copydesk.errors import MailServerError
from copydesk.news.options import DkimOptions
from copydesk.newsletters.mail_records import (
    DnsNames,
    MailFinding,
    MailNames,
    check_dkim,
    check_dmarc,
    check_mail_domain,
    check_mta_sts,
    check_reverse_name,
    check_spf,
)
from copydesk.newsletters.message import load_signer
from world.dns import BROKEN, Answer, NameServer, leads_to

DOMAIN, HOST, RELAY = "letters.example", "smtp.letters.example", "smtp.relay.example"
Zone = Mapping[str, Answer]
Ask = Callable[[MailNames], Awaitable[MailFinding]]


def text(*texts: str) -> Answer:
    return Answer(texts=texts)


def find(zone: Zone, ask: Ask) -> MailFinding:
    """Return what a check finds where the DNS is so."""

    async def run() -> MailFinding:
        async with NameServer() as server:
            for name, answer in zone.items():
                server.at(name, answer)
            names = DnsNames((server.address,))
            try:
                return await ask(names)
            finally:
                await names.close()

    return asyncio.run(run())


INSIDE = "inside.letters.example"  # its name server's answer for its own network
SERVERS = {
    HOST: leads_to("192.0.2.25", "2001:db8::25"),
    RELAY: leads_to("198.51.100.1"),
    INSIDE: leads_to("10.0.0.5", "fd00::5"),
}


@pytest.mark.parametrize(
    ("host", "record", "mend"),
    [
        (HOST, "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all", ""),
        (HOST, "v=spf1 ip4:192.0.2.25 -all", '"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all"'),
        (HOST, "v=spf1 nonsense", '"v=spf1 nonsense ip4:192.0.2.25 ip6:2001:db8::25"'),
        (RELAY, "v=spf1 -all", "add what the relay's manual says; if the relay sends from "),
        (RELAY, "v=spf1 ip4:198.51.100.1 -all", ""),
    ],
)
def test_a_record_is_shown_with_the_line_that_adds_the_server(
    host: str, record: str, mend: str
) -> None:
    zone = {**SERVERS, DOMAIN: text("other words", record)}

    found = find(zone, lambda names: check_spf(DOMAIN, host, names))

    assert ("unknown", f"the SPF record of {DOMAIN}: {record}") == (found.state, found.what)
    assert f"send a test mail to see if it allows {host}" in found.hint
    assert mend in found.hint
    assert ("; if it does not, set: " in found.hint) == bool(mend)


def test_two_records_are_a_fault_and_a_strange_one_is_shown_on_a_line() -> None:
    two = {DOMAIN: text("v=spf1 -all", "V=SPF1 +all")}
    strange = {DOMAIN: text("v=spf1 a\n\tb\x1b " + "x" * 3000)}

    found = find(two, lambda names: check_spf(DOMAIN, RELAY, names))
    shown = find(strange, lambda names: check_spf(DOMAIN, RELAY, names)).what

    assert ("fault", "2 records" in found.what) == (found.state, True)
    assert shown.isprintable()
    assert len(shown) < 600


def test_a_missing_record_is_written_out() -> None:
    found = find(SERVERS, lambda names: check_spf(DOMAIN, HOST, names))

    line = 'letters.example. IN TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all"'
    assert ("fault", line) == (found.state, found.hint)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "10.0.0.5", "relay.lan", INSIDE])
@pytest.mark.parametrize(
    ("record", "state", "mend"),
    [
        ("", "fault", "v=spf1 ip4:YOUR.PUBLIC.ADDRESS ~all"),
        ("v=spf1 mx -all", "unknown", "v=spf1 mx ip4:YOUR.PUBLIC.ADDRESS -all"),
    ],
)
def test_a_server_within_names_no_address_that_nobody_sees(
    host: str, record: str, state: str, mend: str
) -> None:
    zone = {**SERVERS, **({DOMAIN: text(record)} if record else {})}

    found = find(zone, lambda names: check_spf(DOMAIN, host, names))

    told = f"by the public IP address of {host}: {DOMAIN}. IN TXT"
    assert (state, True) == (found.state, told in found.hint)
    assert found.hint.endswith(f'"{mend}"')


def make_key(kind: str) -> tuple[bytes, str]:
    """Return a private key in PEM, and what the DNS shows of it."""
    key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
    if kind == "ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
        shown = key.public_key().public_bytes(forms.Encoding.Raw, forms.PublicFormat.Raw)
    else:
        key = rsa.generate_private_key(65537, int(kind))
        shown = key.public_key().public_bytes(
            forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo
        )
    pem = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    name = "ed25519" if kind == "ed25519" else "rsa"
    return pem, f"v=DKIM1; k={name}; p={base64.b64encode(shown).decode()}"


def find_dkim(private: bytes | None, *texts: str) -> MailFinding:
    zone = {f"2026._domainkey.{DOMAIN}": text(*texts)} if texts else {}
    return find(zone, lambda names: check_dkim("2026", DOMAIN, private, "k.pem", names))


@pytest.mark.parametrize("kind", ["ed25519", "2048"])
def test_the_key_that_signs_is_the_one_that_is_shown(kind: str) -> None:
    private, shown = make_key(kind)

    assert find_dkim(private, shown).state == "ok"
    assert find_dkim(private, shown.replace("v=DKIM1; ", "")).state == "ok"
    assert find_dkim(private, shown.replace("p=", "t=y; p=")).state == "remark"


def test_a_key_that_is_not_shown_is_written_out_in_strings_that_fit() -> None:
    private, shown = make_key("2048")

    found = find_dkim(private)

    assert found.state == "fault"
    name, *strings = found.hint.split('"')
    assert f"2026._domainkey.{DOMAIN}. IN TXT " == name
    assert "".join(strings[::2]) == shown
    assert all(len(string) <= 255 for string in strings)


def test_the_line_for_the_dns_lets_others_verify_what_is_signed() -> None:
    """By dkimpy, which reads keys for Ed25519 with another library alone."""
    private, _ = make_key("2048")
    signer = load_signer(DkimOptions(selector="2026"), private, DOMAIN)
    message = b"From: letters@letters.example\r\nSubject: x\r\nDate: now\r\n\r\nHello\r\n"
    shown = "".join(find_dkim(private).hint.split('"')[1::2]).encode()

    signed = signer.sign(message, datetime(2026, 11, 28, tzinfo=UTC))

    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: shown)


@pytest.mark.parametrize(
    "shown",
    [
        "v=DKIM1; k=ed25519; p=" + "A" * 43 + "=",
        "v=DKIM1; k=ed25519; p=",
        "v=DKIM1; k=ed25519; p=!",
        "v=DKIM2; k=ed25519; p=aGVsbG8=",
        "p=one; p=two",
        "p=aGVsbG8=; nonsense",
    ],
)
def test_another_key_in_the_dns_is_a_fault(shown: str) -> None:
    assert find_dkim(make_key("ed25519")[0], shown).state == "fault"


def test_two_keys_in_the_dns_are_a_fault() -> None:
    private, shown = make_key("ed25519")

    assert find_dkim(private, shown, shown).state == "fault"


def test_a_short_key_is_remarked() -> None:
    assert find_dkim(*make_key("1024")).state == "remark"


def make_pem() -> bytes:
    """Return a private key of a kind that signs no letters."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())


def test_a_key_of_another_kind_is_a_fault() -> None:
    assert find_dkim(make_pem()).state == "fault"


@pytest.mark.parametrize("private", [None, b"", b"no key"])
def test_a_key_that_signs_nothing_is_a_fault_with_the_way_to_make_one(
    private: bytes | None,
) -> None:
    found = find_dkim(private)

    assert found.state == "fault"
    assert "openssl genpkey" in found.hint


def test_who_lets_a_relay_sign_is_told_where_to_look() -> None:
    found = find({}, lambda names: check_dkim("", DOMAIN, None, "k.pem", names))

    assert ("remark", True) == (found.state, "--send" in found.hint)


@pytest.mark.parametrize(
    ("policy", "back", "signer", "state"),
    [
        ("v=DMARC1; p=none", DOMAIN, "", "ok"),
        ("v=DMARC1; p=reject; aspf=r", "bounces.letters.example", "", "ok"),
        ("v=DMARC1; p=reject; aspf=s", "bounces.letters.example", "", "unknown"),
        ("v=DMARC1; p=reject; aspf=s", "bounces.letters.example", DOMAIN, "ok"),
        ("v=DMARC1; p=reject; adkim=s", "relay.example", "mail.letters.example", "fault"),
        ("v=DMARC1; p=reject", "relay.example", "mail.letters.example", "ok"),
        ("v=DMARC1; p=reject", "relay.example", "relay.example", "fault"),
        ("v=DMARC1; p=reject", "relay.example", "", "unknown"),
        ("v=DMARC1; p=sometimes", DOMAIN, "", "fault"),
        ("v=DMARC1", DOMAIN, "", "fault"),
    ],
)
def test_a_policy_is_met_by_the_return_path_or_the_signature(
    policy: str, back: str, signer: str, state: str
) -> None:
    zone = {f"_dmarc.{DOMAIN}": text(policy)}

    assert find(zone, lambda names: check_dmarc(DOMAIN, back, signer, names)).state == state


def test_a_policy_of_the_domain_above_counts() -> None:
    zone = {f"_dmarc.{DOMAIN}": text("v=DMARC1; p=none")}
    sender = f"news.{DOMAIN}"

    assert find(zone, lambda names: check_dmarc(sender, sender, "", names)).state == "ok"


def test_without_a_policy_one_is_written_out() -> None:
    found = find({}, lambda names: check_dmarc(f"news.{DOMAIN}", DOMAIN, "", names))

    assert found.state == "fault"
    assert found.hint.startswith(f'_dmarc.{DOMAIN}. IN TXT "v=DMARC1; p=none')


PTR4 = "25.2.0.192.in-addr.arpa"
PTR6 = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"


@pytest.mark.parametrize(
    ("host", "pointers", "state"),
    [
        (HOST, {PTR4: Answer(pointers=(HOST,)), PTR6: Answer(pointers=(HOST,))}, "ok"),
        (HOST, {PTR4: Answer(pointers=(HOST,))}, "fault"),
        (HOST, {PTR4: Answer(pointers=(RELAY,)), PTR6: Answer(pointers=(HOST,))}, "fault"),
        (RELAY, {}, "ok"),
        ("localhost", {}, "unknown"),
        ("relay.lan", {}, "unknown"),
        (INSIDE, {}, "unknown"),
        ("gone.letters.example", {}, "fault"),
    ],
)
def test_the_name_of_an_own_address_leads_back_to_it(host: str, pointers: Zone, state: str) -> None:
    zone = {**SERVERS, **pointers}

    assert find(zone, lambda names: check_reverse_name(DOMAIN, host, names)).state == state


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(exchanges=("mx.letters.example",)), "ok"),
        (Answer(exchanges=(".",)), "fault"),
        (leads_to("192.0.2.1"), "remark"),
        (text("nothing of mail"), "fault"),
    ],
)
def test_a_domain_takes_mail_by_mx_or_by_its_address(answer: Answer, state: str) -> None:
    found = find({DOMAIN: answer}, lambda names: check_mail_domain("return-path", DOMAIN, names))

    assert ("return-path", state) == (found.kind, found.state)


def test_a_name_server_that_breaks_is_told_as_such() -> None:
    with pytest.raises(MailServerError):
        find({DOMAIN: BROKEN}, lambda names: check_mail_domain("from-domain", DOMAIN, names))


@pytest.mark.parametrize(
    ("record", "state", "hint"),
    [
        ("", "remark", '_mta-sts.letters.example. IN TXT "v=STSv1; id=1"'),
        ("v=STSv1; id=", "fault", ""),
        ("v=STSv1; id=1", "unknown", "https://mta-sts.letters.example/.well-known/mta-sts.txt"),
        ("v=STSv1; id=1", "unknown", "mode: enforce, mx: mx.letters.example, max_age: 604800"),
    ],
)
def test_the_record_of_mta_sts_is_shown_with_its_policy_to_paste(
    record: str, state: str, hint: str
) -> None:
    zone = {DOMAIN: Answer(exchanges=("mx.letters.example",))}
    if record:
        zone[f"_mta-sts.{DOMAIN}"] = text(record)

    found = find(zone, lambda names: check_mta_sts(DOMAIN, names))

    assert state == found.state
    assert hint in found.hint
    assert (state == "unknown") == (record in found.what and bool(record))
