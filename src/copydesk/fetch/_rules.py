"""Rules of one robots.txt (RFC 9309): may our product token ask for an address?

Our own reading, in time linear in the file: docs/design/fetch.md has the measurement against
robotspy, which the tests keep as a second opinion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from copydesk.kit import urls

PRODUCT = "copydesk"
_READ_BYTES = 500 * 1024  # RFC 9309 2.5: a crawler reads at least so much
_AGENT = re.compile(r"\*|[A-Za-z_-]+")
_KEYS = {
    "user-agent": "agent",
    "useragent": "agent",
    "user agent": "agent",
    "crawl-delay": "delay",
    "allow": "allow",
    "disallow": "disallow",
    "dissallow": "disallow",  # spelled so often that Google's parser takes these, too
    "dissalow": "disallow",
    "disalow": "disallow",
    "diasllow": "disallow",
    "disallaw": "disallow",
}
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_OCTET = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_AS_WRITTEN = "%:/?#[]@!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One line: the pieces between its stars, whether it is bound to the end, its length."""

    pieces: tuple[str, ...]
    is_bound: bool
    length: int
    allow: bool

    def matches(self, path: str) -> bool:
        """Say whether the pattern fits a path; each star takes as little as it can."""
        first, *others = self.pieces
        if not path.startswith(first):
            return False
        if not others:
            return not self.is_bound or path == first
        at = len(first)
        last = others.pop() if self.is_bound else ""
        for piece in others:
            found = path.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return path.endswith(last) and len(path) - len(last) >= at


class _Group:
    """All that a file says to one agent, gathered from wherever it says it."""

    def __init__(self) -> None:
        self.is_named = False
        self.rules: list[_Rule] = []
        self.delay_seconds = 0.0

    def take(self, key: str, value: str) -> None:
        """Take one line that is meant for this agent."""
        if key == "agent":
            self.is_named = True
        elif key == "delay":
            if _SECONDS.fullmatch(value):
                self.delay_seconds = float(value)
        elif value:
            self.rules.append(_rule(key, value))


class Rules:
    """What a robots.txt allows to our product token; the longest matching rule wins.

    `delay_seconds` is the pause that it asks for between two requests, 0 where it does not.
    """

    def __init__(self, group: _Group) -> None:
        self._rules = sorted(group.rules, key=lambda rule: (-rule.length, not rule.allow))
        self.delay_seconds = group.delay_seconds

    @classmethod
    def read(cls, body: bytes) -> Rules:
        """Read a robots.txt in any state: byte order mark, any line ends, odd bytes."""
        text = body[:_READ_BYTES].decode("utf-8-sig", "replace")
        groups = {PRODUCT: _Group(), "*": _Group()}
        agents: set[str] = set()
        in_rules = False
        for key, value in _lines(text):
            if key == "agent":
                agents = {value.lower()} if in_rules else {*agents, value.lower()}
                in_rules = False
            else:
                in_rules = True
            for agent in agents & groups.keys():
                groups[agent].take(key, value)
        return cls(groups[PRODUCT] if groups[PRODUCT].is_named else groups["*"])

    def allow(self, url: str) -> bool:
        """Say whether an address may be fetched."""
        address = urls.fetchable(url)
        if address is None:
            return False
        path = _spelled("/" + address.split("/", 3)[3])
        return next((rule.allow for rule in self._rules if rule.matches(path)), True)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Give what counts of each line: its key, and the agent's name or the path."""
    for line in re.split(r"\r\n|\r|\n", text):
        name, colon, value = line.partition("#")[0].partition(":")
        if not colon:
            name, _, value = line.partition("#")[0].strip().partition(" ")
        key = _KEYS.get(name.strip().lower())
        if key == "agent":
            found = _AGENT.match(value.strip())
            yield key, found[0] if found else ""
        elif key is not None:
            yield key, value.strip()


def _rule(key: str, value: str) -> _Rule:
    pattern = _spelled(value)
    is_bound = pattern.endswith("$")
    return _Rule(
        pieces=tuple(pattern.removesuffix("$").split("*")),
        is_bound=is_bound,
        length=len(pattern),
        allow=key == "allow",
    )


def _spelled(path: str) -> str:
    """Spell a path one way (RFC 9309 2.2.2): %7E as ~, ツ as %E3%83%84, %3c as %3C."""
    encoded = quote(path.encode("utf-8", "replace"), safe=_AS_WRITTEN)
    return _OCTET.sub(_octet, encoded)


def _octet(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()
