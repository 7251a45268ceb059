"""Ask the DNS for the records of the sender's domains, and check them: DKIM, DMARC, SPF, MX …"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from copydesk.errors import MailServerError
from copydesk.kit import text, urls

if TYPE_CHECKING:
    import aiodns


CheckKind = Literal[
    "transaction", "tls", "spf", "dkim", "dmarc", "reverse-name", "from-domain", "return-path",
    "mta-sts", "one-click", "links", "clock", "postal-address", "web-server",
]  # fmt: skip
CheckState = Literal["ok", "remark", "fault", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFinding:
    """The result of one mail check: what it found, and how to repair a fault.

    `unknown`: the DNS did not answer, or nobody can know from here. A hint that is a DNS line can
    be pasted as it is.
    """

    kind: CheckKind
    state: CheckState
    what: str
    hint: str = ""


# ---- DNS queries

_SECONDS = 3.0
_TRIES = 2
_NONE = frozenset({1, 4, 8})  # ARES_ENODATA, ARES_ENOTFOUND, ARES_EBADNAME


class MailNames(Protocol):
    """The interface for DNS queries. Methods raise MailServerError if no name server answers."""

    async def find_texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a domain name."""

    async def find_addresses(self, name: str) -> tuple[str, ...]:
        """Return the IPv4 and IPv6 addresses of a host name. For an IP address return itself."""

    async def find_exchanges(self, name: str) -> tuple[str, ...]:
        """Return a domain's mail servers (MX) by preference, "" for a null MX (RFC 7505)."""

    async def find_pointers(self, address: str) -> tuple[str, ...]:
        """Return the host names of an IP address (PTR records)."""


class DnsNames:
    """DNS queries to name servers such as `9.9.9.9` or `[::1]:53`, or to the system's
    own for ().
    """

    def __init__(self, nameservers: Sequence[str]) -> None:
        self._nameservers = [_spell_server(server) for server in nameservers]
        self._resolver: aiodns.DNSResolver | None = None

    async def find_texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a domain name, each joined to one text. Invalid UTF-8 is
        replaced.
        """
        records = await self._ask(name, "TXT")
        return tuple(record.data.decode("utf-8", "replace") for record in records)

    async def find_addresses(self, name: str) -> tuple[str, ...]:
        """Return the IPv4 and IPv6 addresses of a host name. For an IP address return itself."""
        try:
            return (str(ipaddress.ip_address(name.strip("[]"))),)
        except ValueError:
            both = [*await self._ask(name, "A"), *await self._ask(name, "AAAA")]
        return tuple(record.addr for record in both)

    async def find_exchanges(self, name: str) -> tuple[str, ...]:
        """Return a domain's mail servers (MX records) in order of preference."""
        records = await self._ask(name, "MX")
        ordered = sorted(records, key=lambda record: record.priority)
        return tuple(record.exchange.rstrip(".").lower() for record in ordered)

    async def find_pointers(self, address: str) -> tuple[str, ...]:
        """Return the host names of an IP address (PTR records)."""
        records = await self._ask(ipaddress.ip_address(address).reverse_pointer, "PTR")
        return tuple(record.dname.rstrip(".").lower() for record in records)

    async def close(self) -> None:
        """Cancel pending DNS queries."""
        if self._resolver is not None:
            await self._resolver.close()

    async def _ask(self, name: str, kind: str) -> list[Any]:
        import aiodns
        import pycares

        if self._resolver is None:
            self._resolver = aiodns.DNSResolver(
                self._nameservers or None, timeout=_SECONDS, tries=_TRIES
            )
        try:
            answer = await self._resolver.query_dns(name, kind)
        except aiodns.error.DNSError as error:
            if error.args and error.args[0] in _NONE:
                return []
            what = str(error.args[1]) if len(error.args) > 1 else str(error)
            hint = "try again, or set other servers in `nameservers` of [fetch]"
            raise MailServerError(
                f"no DNS server answered ({what})", subject=name, hint=hint
            ) from (error)
        except (UnicodeError, ValueError):
            return []
        wanted = getattr(pycares, f"QUERY_TYPE_{kind}")
        return [record.data for record in answer.answer if record.type == wanted]


def _spell_server(server: str) -> str:
    return f"[{server}]:53" if server.count(":") > 1 and not server.startswith("[") else server


# ---- Tag lists such as `v=DMARC1; p=none` (RFC 6376, section 3.2)


def read_tags(text: str) -> dict[str, str] | None:
    """Parse a DNS record's tags, such as `v=DMARC1; p=none`, into a mapping, None if malformed."""
    tags: dict[str, str] = {}
    for item in text.split(";"):
        name, is_tag, value = item.partition("=")
        if not item.strip():
            continue
        if not is_tag or name.strip() in tags:
            return None
        tags[name.strip()] = value.strip()
    return tags


_LEAST_BITS, _GOOD_BITS = 1024, 2048  # RFC 8301, section 3.2
_PIECE = 250  # characters; a text in the DNS has 255 bytes at most
MAKE_KEY = (
    "make a key: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out {path}, and "
    "chmod 600 {path}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A DKIM public key as in its DNS record: the key type, the key's bytes, and its length in
    bits.
    """

    kind: str
    data: bytes
    bits: int


def read_public_key(private: bytes) -> PublicKey | None:
    """Return the public half of a private key in PEM, None if it is neither RSA nor Ed25519."""
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
    """Check that the DKIM key in the DNS is the public half of the key that signs newsletters."""
    if not selector:
        return MailFinding(
            kind="dkim",
            state="remark",
            what="copydesk does not sign newsletters; a test mail shows whether the relay signs",
            hint="send a test mail: copydesk mail doctor --send ADDRESS",
        )
    key = read_public_key(private) if private else None
    if key is None:
        what = "could not be read" if private is None else "is neither RSA nor Ed25519 in PEM form"
        return _fault(f"the DKIM key {what}: {key_file}", MAKE_KEY.format(path=key_file))
    name = f"{selector}._domainkey.{domain}"
    texts = [found for found in await names.find_texts(name) if "p=" in found.replace(" ", "")]
    line = _write_line(name, key)
    if not texts:
        return _fault(f"the DNS has no DKIM key: {name}", line)
    if len(texts) > 1:
        return _fault(f"the DNS has {len(texts)} DKIM keys instead of one: {name}", line)
    return _compare(texts[0], key, name, line)


def _compare(record: str, key: PublicKey, name: str, line: str) -> MailFinding:
    tags = read_tags(record)
    shown = _decode(tags.get("p", "")) if tags else None
    if tags is None or shown is None or tags.get("v", "DKIM1") != "DKIM1":
        return _fault(f"the DKIM key in the DNS is not valid: {name}", line)
    if not shown:
        return _fault(f"the DKIM key in the DNS is revoked (`p=` is empty): {name}", line)
    if (tags.get("k", "rsa"), shown) != (key.kind, key.data):
        return _fault(f"the DKIM key in the DNS is not the key that signs: {name}", line)
    if key.kind == "rsa" and key.bits < _GOOD_BITS:
        what = f"the DKIM key has {key.bits} bits instead of 2048: {name}"
        state: CheckState = "fault" if key.bits < _LEAST_BITS else "remark"
        return MailFinding(kind="dkim", state=state, what=what, hint="make a longer key")
    if "y" in tags.get("t", "").replace(" ", "").split(":"):
        what, hint = f"the DKIM key is marked as a test: {name}", "remove t=y from the DNS record"
        return MailFinding(kind="dkim", state="remark", what=what, hint=hint)
    return MailFinding(kind="dkim", state="ok", what=f"the DNS has the DKIM key that signs: {name}")


def _decode(value: str) -> bytes | None:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _write_line(name: str, key: PublicKey) -> str:
    record = f"v=DKIM1; k={key.kind}; p={base64.b64encode(key.data).decode()}"
    pieces = [record[at : at + _PIECE] for at in range(0, len(record), _PIECE)]
    return " ".join((f"{name}. IN TXT", *(f'"{piece}"' for piece in pieces)))


def _fault(what: str, hint: str) -> MailFinding:
    return MailFinding(kind="dkim", state="fault", what=what, hint=hint)


# ---- DMARC (RFC 7489)

_POLICIES = frozenset({"none", "quarantine", "reject"})


async def check_dmarc(
    from_domain: str, return_domain: str, signing_domain: str, names: MailNames
) -> MailFinding:
    """Check a domain's DMARC policy, and that the return path or the DKIM signature meets it.

    `signing_domain` is "" if a relay signs: then only SPF alignment can be seen from here.
    """
    place, records = await _find_records(from_domain, names)
    line = f'_dmarc.{place}. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@{place}"'
    if not records:
        return _finding("fault", f"no DMARC policy in the DNS: _dmarc.{place}", line)
    tags = read_tags(records[0])
    if len(records) > 1 or tags is None or tags.get("p", "").lower() not in _POLICIES:
        return _finding("fault", f"the DMARC policy is not valid: _dmarc.{place}", line)
    return _judge_alignment(place, from_domain, return_domain, signing_domain, tags)


def _judge_alignment(
    place: str, from_domain: str, return_domain: str, signing_domain: str, tags: Mapping[str, str]
) -> MailFinding:
    by_spf = _is_aligned(from_domain, return_domain, tags.get("aspf", "r"))
    by_dkim = bool(signing_domain) and _is_aligned(
        from_domain, signing_domain, tags.get("adkim", "r")
    )
    if by_spf or by_dkim:
        met = " and ".join(name for name, is_met in (("SPF", by_spf), ("DKIM", by_dkim)) if is_met)
        return _finding("ok", f"newsletters meet the DMARC policy of {place} by {met}")
    what = f"bounces go to {return_domain}, which DMARC does not accept for {from_domain}"
    if not signing_domain:
        return _finding(
            "unknown", f"{what}; only a test mail shows whether the relay signs for {from_domain}"
        )
    hint = f"use {from_domain} for `domain` of [mail.dkim] or for the address of [mail.bounces]"
    return _finding(
        "fault", f"{what}, and neither does it accept the DKIM domain: {signing_domain}", hint
    )


async def _find_records(domain: str, names: MailNames) -> tuple[str, list[str]]:
    """Return a DMARC policy's domain and records: the domain's own, or its parent's."""
    organization = urls.registrable_domain(domain)
    for place in dict.fromkeys((domain, organization)):
        texts = await names.find_texts(f"_dmarc.{place}")
        records = [found for found in texts if found.replace(" ", "").startswith("v=DMARC1")]
        if records:
            return place, records
    return organization, []


def _is_aligned(from_domain: str, other: str, mode: str) -> bool:
    if mode.strip().lower() == "s":
        return from_domain == other
    return urls.registrable_domain(from_domain) == urls.registrable_domain(other)


def _finding(state: CheckState, what: str, hint: str = "") -> MailFinding:
    return MailFinding(kind="dmarc", state=state, what=what, hint=hint)


# ---- SPF (RFC 7208), MTA-STS (RFC 8461), MX and reverse names

_UNKNOWN = "YOUR.PUBLIC.ADDRESS"
_LONGEST_RECORD = 500  # characters that are shown


async def check_spf(domain: str, host: str, names: MailNames) -> MailFinding:
    """Check that the return path's domain has one SPF record, and hint at what adds `host` to it.

    The record is not evaluated: only a received mail shows whether it lets the server send.
    """
    texts = await names.find_texts(domain)
    records = [found for found in texts if found.lower().split(" ", 1)[0] == "v=spf1"]
    if len(records) > 1:
        why = f"{len(records)} records instead of one"
        return _spf("fault", f"the SPF record of {domain} is not valid ({why})")
    record = records[0] if records else ""
    addresses = await _find_public(host, names)
    line = _write_spf_line(domain, record, host, addresses)
    if not record:
        return _spf("fault", f"no SPF record in the DNS: {domain}", line)
    if line and addresses and not is_own_server(domain, host):
        line = f"add what the relay's manual says; if the relay sends from {host}: {line}"
    hint = f"send a test mail to see if it allows {host}: copydesk mail doctor --send ADDRESS"
    hint = f"{hint}; if it does not, set: {line}" if line else hint
    return _spf("unknown", f"the SPF record of {domain}: {_show(record)}", hint)


async def check_mta_sts(domain: str, names: MailNames) -> MailFinding:
    """Look up a domain's MTA-STS record, by which other servers must encrypt mail to the domain.

    Its policy is not fetched: the hint says where it must be, and its lines.
    """
    texts = await names.find_texts(f"_mta-sts.{domain}")
    records = [found for found in texts if found.startswith("v=STSv1")]
    if not records:
        what = f"{domain} has no MTA-STS record: mail to you may be sent unencrypted"
        hint = f'_mta-sts.{domain}. IN TXT "v=STSv1; id=1", and publish a policy (RFC 8461)'
        return MailFinding(kind="mta-sts", state="remark", what=what, hint=hint)
    tags = read_tags(records[0])
    if len(records) > 1 or tags is None or not tags.get("id"):
        what = f"the MTA-STS record is not valid: _mta-sts.{domain}"
        return MailFinding(kind="mta-sts", state="fault", what=what)
    servers = [f"mx: {name}" for name in await names.find_exchanges(domain) if name]
    lines = ["version: STSv1", "mode: enforce", *servers, "max_age: 604800"]
    url = f"https://mta-sts.{domain}/.well-known/mta-sts.txt"
    return MailFinding(
        kind="mta-sts",
        state="unknown",
        what=f"the MTA-STS record of {domain}: {_show(records[0])}",
        hint=f"publish the policy at {url}, with one line for each: {', '.join(lines)}",
    )


def _show(record: str) -> str:
    return text.shorten(text.fold(record), _LONGEST_RECORD)


async def _find_public(host: str, names: MailNames) -> tuple[str, ...]:
    """Return a mail server's public addresses, () if it is on this machine or a private network."""
    if urls.is_private(host):
        return ()
    found = await names.find_addresses(host)
    return tuple(address for address in found if not urls.is_private_address(address))


def _write_spf_line(domain: str, record: str, host: str, addresses: tuple[str, ...]) -> str:
    """Return the DNS line that adds a server's addresses to an SPF record, "" if all are there."""
    terms = [f"ip{ipaddress.ip_address(address).version}:{address}" for address in addresses]
    if terms:
        terms = [term for term in terms if term not in record.lower().split()]
        if not terms:
            return ""
        return f'{domain}. IN TXT "{_add_terms(record, terms)}"'
    line = f'{domain}. IN TXT "{_add_terms(record, [f"ip4:{_UNKNOWN}"])}"'
    return f"replace {_UNKNOWN} by the public IP address of {host}: {line}"


def _add_terms(record: str, added: Sequence[str]) -> str:
    """Insert terms into an SPF record before its `all`."""
    terms = record.split() or ["v=spf1", "~all"]
    at = next((n for n, term in enumerate(terms) if term.lower().endswith("all")), len(terms))
    return " ".join([*terms[:at], *added, *terms[at:]])


def is_own_server(domain: str, host: str) -> bool:
    """Return whether the SMTP server's host name belongs to the sender's domain."""
    return urls.registrable_domain(host) == urls.registrable_domain(domain)


async def check_reverse_name(domain: str, host: str, names: MailNames) -> MailFinding:
    """Check that the mail server's IP addresses have PTR names that resolve back to them."""
    if urls.is_private(host):
        return _find_no_name(host)
    if not is_own_server(domain, host):
        what = f"{host} is a relay: its operator sets the reverse DNS names"
        return MailFinding(kind="reverse-name", state="ok", what=what)
    addresses = await names.find_addresses(host)
    if not addresses:
        what, hint = f"{host} has no IP address", "check `host` in [mail.smtp]"
        return MailFinding(kind="reverse-name", state="fault", what=what, hint=hint)
    public = tuple(one for one in addresses if not urls.is_private_address(one))
    return await _follow_pointers(host, public, names) if public else _find_no_name(host)


async def _follow_pointers(host: str, addresses: Sequence[str], names: MailNames) -> MailFinding:
    for address in addresses:
        pointers = await names.find_pointers(address)
        back = [one for name in pointers for one in await names.find_addresses(name)]
        if address not in back:
            found = ", ".join(pointers) or "none"
            what = f"the reverse DNS name of {address} does not lead back to it ({found})"
            line = f"{ipaddress.ip_address(address).reverse_pointer}. IN PTR {host}."
            hint = f"ask the provider of the IP address to set: {line}"
            return MailFinding(kind="reverse-name", state="fault", what=what, hint=hint)
    what = f"the reverse DNS names of {host} lead back to its IP addresses: {', '.join(addresses)}"
    return MailFinding(kind="reverse-name", state="ok", what=what)


def _find_no_name(host: str) -> MailFinding:
    what = f"copydesk does not know the public IP address of {host}"
    hint = "ask the provider of the IP address for a reverse DNS name (PTR) that leads back to it"
    return MailFinding(kind="reverse-name", state="unknown", what=what, hint=hint)


async def check_mail_domain(kind: CheckKind, domain: str, names: MailNames) -> MailFinding:
    """Check that a domain can receive mail, by MX or address records (RFC 5321, section 5.1)."""
    exchanges = await names.find_exchanges(domain)
    line = f"{domain}. IN MX 10 mail.{domain}."
    if exchanges == ("",):
        return MailFinding(kind=kind, state="fault", what=f"{domain} accepts no mail", hint=line)
    if exchanges:
        return MailFinding(kind=kind, state="ok", what=f"{domain} accepts mail at {exchanges[0]}")
    if await names.find_addresses(domain):
        what = f"{domain} has no MX record; mail goes to its own IP address"
        return MailFinding(kind=kind, state="remark", what=what, hint=line)
    what = f"{domain} accepts no mail: it has neither an MX record nor an IP address"
    return MailFinding(kind=kind, state="fault", what=what, hint=line)


def _spf(state: CheckState, what: str, hint: str = "") -> MailFinding:
    return MailFinding(kind="spf", state=state, what=what, hint=hint)
