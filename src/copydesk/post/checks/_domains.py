"""The domains that letters name: who may send for them, and where answers and bounces go."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from copydesk.kit import urls
from copydesk.post.checks._finding import CheckKind, CheckState, MailFinding
from copydesk.post.checks._names import MailNames
from copydesk.post.checks._spf import SpfJudgement, judge_sender

_EXAMPLE = "192.0.2.1"  # TEST-NET (RFC 5737): for reading a record where no address is known
_UNKNOWN = "YOUR.PUBLIC.ADDRESS"


async def check_spf(domain: str, host: str, names: MailNames) -> MailFinding:
    """Check whether the server that takes letters may send for the return path's domain.

    A relay may send from other addresses than it listens at, and a server on this machine or its
    network from one that nobody knows here: then no more is said than can be known.
    """
    addresses = await _find_public(host, names)
    asked = addresses or (_EXAMPLE,)
    judgements = [await judge_sender(domain, address, names) for address in asked]
    worst = next((one for one in judgements if one.result != "pass"), judgements[0])
    line = _write_mend(domain, worst.record, host, addresses)
    match worst.result:
        case "none":
            return _spf("fault", f"there is no SPF record: {domain}", line)
        case "permerror":
            return _spf("fault", f"the SPF record of {domain} counts for nothing ({worst.why})")
        case "temperror" | "unread":
            return _spf("unknown", f"the SPF record of {domain} was not worked out ({worst.why})")
        case "pass" if addresses:
            what = f"{host} may send for {domain} ({worst.lookups} look-ups of 10)"
            return _spf("ok", what)
    if not addresses:
        what = f"{domain} has an SPF record; whether it names the address of {host} is not known"
        return _spf("unknown", what, line)
    return _judge_stranger(domain, host, worst, line)


def _judge_stranger(domain: str, host: str, judgement: SpfJudgement, line: str) -> MailFinding:
    what = f"the SPF record of {domain} does not name {host} ({judgement.result})"
    if is_own_server(domain, host):
        return _spf("fault", what, line)
    hint = f"a relay says in its manual what to include; if it sends from there: {line}"
    return _spf("remark", what, hint)


async def _find_public(host: str, names: MailNames) -> tuple[str, ...]:
    """Return the addresses from which others may see a server, none where only its network does."""
    if urls.is_private(host):
        return ()
    found = await names.find_addresses(host)
    return tuple(address for address in found if not urls.is_private_address(address))


def _write_mend(domain: str, record: str, host: str, addresses: tuple[str, ...]) -> str:
    """Return the line for the DNS by which the server may send, or what must be put into it."""
    terms = [f"ip{ipaddress.ip_address(address).version}:{address}" for address in addresses]
    if terms:
        return f'{domain}. IN TXT "{_add_terms(record, terms)}"'
    line = f'{domain}. IN TXT "{_add_terms(record, [f"ip4:{_UNKNOWN}"])}"'
    return f"in place of {_UNKNOWN} put the address under which {host} is seen from outside: {line}"


def _add_terms(record: str, added: Sequence[str]) -> str:
    """Return a record with more terms, before what it says of all others."""
    terms = record.split() or ["v=spf1", "~all"]
    at = next((n for n, term in enumerate(terms) if term.lower().endswith("all")), len(terms))
    return " ".join([*terms[:at], *added, *terms[at:]])


def is_own_server(domain: str, host: str) -> bool:
    """Decide whether the server that takes letters is the sender's own, by its name."""
    return urls.registrable_domain(host) == urls.registrable_domain(domain)


async def check_reverse_name(domain: str, host: str, names: MailNames) -> MailFinding:
    """Check that the addresses of an own server have a name that leads back to them."""
    if urls.is_private(host):
        return _find_no_name(host)
    if not is_own_server(domain, host):
        what = f"{host} is a relay: the names of its addresses are its operator's matter"
        return MailFinding(kind="reverse-name", state="ok", what=what)
    addresses = await names.find_addresses(host)
    if not addresses:
        what, hint = f"{host} has no address", "look at `host` in [mail.smtp]"
        return MailFinding(kind="reverse-name", state="fault", what=what, hint=hint)
    public = tuple(one for one in addresses if not urls.is_private_address(one))
    return await _follow_pointers(host, public, names) if public else _find_no_name(host)


async def _follow_pointers(host: str, addresses: Sequence[str], names: MailNames) -> MailFinding:
    for address in addresses:
        pointers = await names.find_pointers(address)
        back = [one for name in pointers for one in await names.find_addresses(name)]
        if address not in back:
            what = (
                f"the name of {address} does not lead back to it ({', '.join(pointers) or 'none'})"
            )
            line = f"{ipaddress.ip_address(address).reverse_pointer}. IN PTR {host}."
            hint = f"who gave you the address can set it: {line}"
            return MailFinding(kind="reverse-name", state="fault", what=what, hint=hint)
    what = f"the addresses of {host} have names that lead back to them: {', '.join(addresses)}"
    return MailFinding(kind="reverse-name", state="ok", what=what)


def _find_no_name(host: str) -> MailFinding:
    what = f"the public address of {host} is not known here"
    hint = "its name (PTR) must lead back to it: ask who gave you the address"
    return MailFinding(kind="reverse-name", state="unknown", what=what, hint=hint)


async def check_mail_domain(kind: CheckKind, domain: str, names: MailNames) -> MailFinding:
    """Check that a domain takes mail: by MX, or else by an address (RFC 5321, section 5.1)."""
    exchanges = await names.find_exchanges(domain)
    line = f"{domain}. IN MX 10 mail.{domain}."
    if exchanges == ("",):
        return MailFinding(kind=kind, state="fault", what=f"{domain} takes no mail", hint=line)
    if exchanges:
        return MailFinding(kind=kind, state="ok", what=f"{domain} takes mail at {exchanges[0]}")
    if await names.find_addresses(domain):
        what = f"{domain} has no MX; mail goes to its own address"
        return MailFinding(kind=kind, state="remark", what=what, hint=line)
    what = f"{domain} takes no mail: it has neither MX nor address"
    return MailFinding(kind=kind, state="fault", what=what, hint=line)


def _spf(state: CheckState, what: str, hint: str = "") -> MailFinding:
    return MailFinding(kind="spf", state=state, what=what, hint=hint)
