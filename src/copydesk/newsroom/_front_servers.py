"""Store which reverse proxies were seen in front of `serve`, and advise on `[serve]` settings.

`serve` keeps the proxies that it saw in one small file and reads it at its next start. The file is
disposable.
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
    """A reverse proxy that passes requests on to `serve`: its address, and when it was last seen.

    `tells_client` is true if all its requests name the client in X-Forwarded-For.
    """

    address: str
    tells_client: bool
    seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontAdvice:
    """A problem in the settings for the reverse proxies at `addresses`, and how to fix it.

    `line` is the line for `[serve]` in beat.toml that names the proxies, "" if it names them all
    already. With `is_silent` a proxy does not send the client's address; `header` is the nginx
    directive that sends it.
    """

    addresses: tuple[str, ...]
    line: str
    is_silent: bool
    header: str = _HEADER

    @property
    def what(self) -> str:
        """Return the problem with the reverse proxies as a sentence for the operator."""
        if self.is_silent:
            fault = "the reverse proxy does not send the address of visitors"
        else:
            fault = "the settings in beat.toml do not trust the reverse proxy"
        return f"{fault}, so the desk takes all visitors for one: {', '.join(self.addresses)}"

    @property
    def hint(self) -> str:
        """Return the fix for the reverse proxies as a sentence for the operator."""
        mends = []
        if self.is_silent:
            mends.append(f"let the reverse proxy send X-Forwarded-For (nginx: {self.header})")
        if self.line:
            mends.append(f"add to [serve] in beat.toml: {self.line}")
        return ", then ".join(mends)


def read_front_servers(private: Path) -> tuple[FrontServer, ...]:
    """Return the reverse proxies seen in front of `serve`, () if the file cannot be read."""
    try:
        with (private / _FILE).open("rb") as file:
            found = msgspec.json.decode(file.read(_MOST_BYTES), type=tuple[FrontServer, ...])
        return tuple(server for server in found if ipaddress.ip_address(server.address))
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return ()


def keep_front_servers(private: Path, servers: Sequence[FrontServer]) -> None:
    """Store the reverse proxies seen; write errors are ignored, as they will be seen again."""
    with contextlib.suppress(OSError):
        files.write_atomic(private / _FILE, msgspec.json.encode(servers), durable=False)


def advise_on_front(settings: Settings, private: Path, now: datetime) -> FrontAdvice | None:
    """Return advice on the reverse proxies seen lately, None if the settings list them all."""
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
