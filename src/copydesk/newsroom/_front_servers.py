"""Web servers in front: which were seen to pass requests on, and what beat.toml does not say.

What was seen is one small file, disposable: `serve` writes it, and at its next start knows it.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from copydesk.config import Settings
from copydesk.kit import files

_FILE = "front.json"
_MOST_BYTES = 10_000
_FORGOTTEN = timedelta(days=30)
_HEADER = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontServer:
    """A web server that passes requests on to `serve`, by its address; when it was seen last.

    It `tells_client` where each of its requests says by X-Forwarded-For who asks.
    """

    address: str
    tells_client: bool
    seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontAdvice:
    """What is wrong with the web servers at these addresses, and how it is mended.

    `line` is that of `[serve]` in beat.toml which names them, "" where they are named. With
    `is_silent` one of them does not say who asks; `header` is the line of nginx that does.
    """

    addresses: tuple[str, ...]
    line: str
    is_silent: bool
    header: str = _HEADER

    @property
    def what(self) -> str:
        """Return what is wrong, for an operator."""
        if self.is_silent:
            fault = "a web server in front does not say who asks"
        else:
            fault = "beat.toml does not name the web server in front"
        return f"{fault}, so the desk takes all visitors for one: {', '.join(self.addresses)}"

    @property
    def hint(self) -> str:
        """Return how it is mended, for an operator."""
        mends = []
        if self.is_silent:
            mends.append(f"let it send X-Forwarded-For (nginx: {self.header})")
        if self.line:
            mends.append(f"write into [serve] of beat.toml: {self.line}")
        return ", then ".join(mends)


def read_front_servers(private: Path) -> tuple[FrontServer, ...]:
    """Return the web servers that were seen in front of `serve`, none where that is not known."""
    try:
        with (private / _FILE).open("rb") as file:
            found = msgspec.json.decode(file.read(_MOST_BYTES), type=tuple[FrontServer, ...])
        return tuple(server for server in found if ipaddress.ip_address(server.address))
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return ()


def keep_front_servers(private: Path, servers: Sequence[FrontServer]) -> None:
    """Write down which web servers were seen; what cannot be written is seen again."""
    with contextlib.suppress(OSError):
        files.write_atomic(private / _FILE, msgspec.json.encode(servers), durable=False)


def advise_on_front(settings: Settings, private: Path, now: datetime) -> FrontAdvice | None:
    """Return what is wrong with the web servers that were seen of late, None where nothing is."""
    trusted = settings.serve.trusted_proxies
    seen = [server for server in read_front_servers(private) if now - server.seen < _FORGOTTEN]
    unnamed = [server.address for server in seen if not _is_within(server.address, trusted)]
    silent = [server.address for server in seen if not server.tells_client]
    if not unnamed and not silent:
        return None
    listed = ", ".join(f'"{address}"' for address in (*trusted, *unnamed))
    return FrontAdvice(
        addresses=tuple(dict.fromkeys((*unnamed, *silent))),
        line=f"trusted_proxies = [{listed}]" if unnamed else "",
        is_silent=bool(silent),
    )


def _is_within(address: str, networks: Sequence[str]) -> bool:
    found = ipaddress.ip_address(address)
    return any(found in ipaddress.ip_network(network) for network in networks)
