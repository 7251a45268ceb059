"""SPF: whether a domain's record lets an address send for it (RFC 7208).

ip4, ip6, a, mx, include, redirect, all and the limits are as there. `exists`, `ptr` and macros are
not worked out: what hangs on them is "unread".
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal

from copydesk.errors import MailServerError
from copydesk.post.checks._findings import MailNames

SpfResult = Literal[
    "pass", "fail", "softfail", "neutral", "none", "permerror", "temperror", "unread"
]
_MOST_LOOKUPS = 10  # RFC 7208, section 4.6.4
_MOST_VOID = 2
_MOST_EXCHANGES = 10
_QUALIFIERS: dict[str, SpfResult] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)([:/].*)?", re.I)
_MODIFIER = re.compile(r"[a-z][a-z0-9._-]*=.*", re.I | re.S)
_DUAL = re.compile(r"(.*?)(?:/(\d{1,3}))?(?://(\d{1,3}))?")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class _SpfError(Exception):
    """End an evaluation with a result; it stays in this file."""

    def __init__(self, result: SpfResult, why: str) -> None:
        super().__init__(why)
        self.result = result
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfJudgement:
    """What a domain's record says of an address, the record, and how many look-ups that took."""

    result: SpfResult
    record: str
    lookups: int
    why: str = ""


@dataclass(slots=True)
class _Evaluation:
    """One evaluation: the address, and what was looked up so far."""

    address: _Address
    names: MailNames
    lookups: int = 0
    void: int = 0
    unread: list[str] = field(default_factory=list)

    async def judge(self, domain: str, record: str) -> SpfResult:
        """Return what a record says."""
        redirect = ""
        for term in record.split()[1:]:
            if _MODIFIER.fullmatch(term) and not _TERM.fullmatch(term):
                name, _, value = term.partition("=")
                redirect = value if name.lower() == "redirect" else redirect
                continue
            qualifier, mechanism, value = _read_term(term)
            if await self._matches(mechanism, value, domain):
                return _QUALIFIERS[qualifier or "+"]
        return await self._follow(redirect) if redirect else "neutral"

    async def _matches(self, mechanism: str, value: str, domain: str) -> bool:
        match mechanism:
            case "all":
                return True
            case "ip4" | "ip6":
                return self._is_within(value[1:], mechanism)
            case "include":
                return await self._includes(value[1:])
            case "a" | "mx":
                return await self._names_it(mechanism, value, domain)
            case _:
                self._count()
                self.unread.append(mechanism)
                return False

    def _is_within(self, text: str, mechanism: str) -> bool:
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise _SpfError("permerror", f"no network: {text}") from None
        if network.version != int(mechanism[2]):
            raise _SpfError("permerror", f"no network: {text}")
        return self.address in network

    async def _includes(self, domain: str) -> bool:
        if self._has_macro(domain):
            return False
        result = await self._look_into(domain)
        if result == "none":
            raise _SpfError("permerror", f"there is no record to include: {domain}")
        return result == "pass"

    async def _follow(self, domain: str) -> SpfResult:
        if self._has_macro(domain):
            return "neutral"
        result = await self._look_into(domain)
        if result == "none":
            raise _SpfError("permerror", f"there is no record to redirect to: {domain}")
        return result

    async def _look_into(self, domain: str) -> SpfResult:
        self._count()
        record = await find_spf(domain, self.names)
        return await self.judge(domain, record) if record else "none"

    async def _names_it(self, mechanism: str, value: str, domain: str) -> bool:
        host, *lengths = _read_dual(value)
        host = host or domain
        self._count()
        if self._has_macro(host):
            return False
        hosts = [host] if mechanism == "a" else await self._find_exchanges(host)
        addresses = [one for name in hosts for one in await self.names.find_addresses(name)]
        if not addresses:
            self._count_void(host)
        length = lengths[0] if self.address.version == 4 else lengths[1]
        return any(self._is_near(address, length) for address in addresses)

    async def _find_exchanges(self, host: str) -> list[str]:
        exchanges = [one for one in await self.names.find_exchanges(host) if one]
        if len(exchanges) > _MOST_EXCHANGES:
            raise _SpfError("permerror", f"more than {_MOST_EXCHANGES} mail servers: {host}")
        return exchanges

    def _is_near(self, address: str, length: str) -> bool:
        if ipaddress.ip_address(address).version != self.address.version:
            return False
        try:
            return self.address in ipaddress.ip_network(f"{address}/{length}", strict=False)
        except ValueError:
            raise _SpfError("permerror", f"no length of a network: {length}") from None

    def _has_macro(self, domain: str) -> bool:
        if "%" in domain:
            self.unread.append("macro")
        return "%" in domain

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > _MOST_LOOKUPS:
            raise _SpfError("permerror", f"more than {_MOST_LOOKUPS} look-ups")

    def _count_void(self, name: str) -> None:
        self.void += 1
        if self.void > _MOST_VOID:
            raise _SpfError("permerror", f"more than {_MOST_VOID} names that lead nowhere: {name}")


async def judge_sender(domain: str, address: str, names: MailNames) -> SpfJudgement:
    """Judge whether an IP address may send for a domain."""
    evaluation = _Evaluation(ipaddress.ip_address(address), names)
    result: SpfResult = "none"
    record = why = ""
    try:
        record = await find_spf(domain, names)
        result = await evaluation.judge(domain, record) if record else "none"
    except _SpfError as error:
        result, why = error.result, error.why
    except MailServerError as error:
        result, why = "temperror", str(error)
    if evaluation.unread and result not in {"pass", "permerror", "temperror"}:
        result, why = "unread", ", ".join(sorted(set(evaluation.unread)))
    return SpfJudgement(result=result, record=record, lookups=evaluation.lookups, why=why)


async def find_spf(domain: str, names: MailNames) -> str:
    """Return a domain's record, "" without one; raises for two of them."""
    texts = await names.find_texts(domain)
    records = [text for text in texts if text.lower().split(" ", 1)[0] == "v=spf1"]
    if len(records) > 1:
        raise _SpfError("permerror", f"{len(records)} records: one alone may stand there: {domain}")
    return records[0] if records else ""


def _read_dual(value: str) -> tuple[str, str, str]:
    """Return the domain of `:domain/24//64` and both lengths of its networks."""
    parts = _DUAL.fullmatch(value)
    if parts is None:  # a line end within a term
        raise _SpfError("permerror", "not a term of SPF")
    return parts[1].removeprefix(":"), parts[2] or "32", parts[3] or "128"


def _read_term(term: str) -> tuple[str, str, str]:
    found = _TERM.fullmatch(term)
    if found is None or (found[2].lower() == "all" and found[3]):
        raise _SpfError("permerror", f"not a term of SPF: {term[:60]}")
    mechanism, value = found[2].lower(), found[3] or ""
    if mechanism in {"include", "ip4", "ip6", "exists"} and len(value) < 2:
        raise _SpfError("permerror", f"not a term of SPF: {term[:60]}")
    return found[1], mechanism, value
