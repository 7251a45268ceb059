"""The result of one mail check, and the DNS queries that mail checks use."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from copydesk.errors import MailServerError

if TYPE_CHECKING:
    import aiodns

CheckKind = Literal[
    "transaction",
    "tls",
    "spf",
    "dkim",
    "dmarc",
    "reverse-name",
    "from-domain",
    "return-path",
    "mta-sts",
    "one-click",
    "links",
    "clock",
    "postal-address",
    "web-server",
]
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
