"""Parse robots.txt (RFC 9309) and tdmrep.json: what a site allows crawlers to fetch and to use.

The parser of robots.txt is our own, linear in the size of the file: docs/design/fetch.md has the
measurement against robotspy, which the tests keep as a second opinion.

Lines of a robots.txt about the use of its pages, none of which decides who may fetch:

    Content-Usage: [/path] train-ai=n         draft-ietf-aipref-attach, in a group
    Content-Signal: [/path] ai-train=no       contentsignals.org, in a group
    License: https://a.example/license.xml    RSL 1.0, for every agent wherever it is written
    User-agent: GPTBot / Disallow: /          a site closed to an agent that trains models

The first two belong to their group and end the list of its agents, as a rule does.

/.well-known/tdmrep.json says whether rights of text and data mining are reserved (W3C community
report of 2024-02-02).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from copydesk.fetch.messages import parse_address
from copydesk.kit import tables
from copydesk.news.article import Signal

WHERE = "robots.txt"
KEYS = {"content-usage": "Content-Usage", "content-signal": "Content-Signal", "license": "RSL"}
_MOST = 100  # lines of one file
_SAID = 300  # characters of a line
_PATH = re.compile(r"(/\S*)[ \t]+(.+)")

_GROUPS = tables.read_rows("copydesk.fetch", "agents.toml", tuple[str, ...])
# A robots.txt names an agent with letters, hyphens and underscores only (RFC 9309 2.2.1).
_SHORT = re.compile(r"[^a-z_-].*")
AGENTS = {_SHORT.sub("", name.lower()): name for names in _GROUPS.values() for name in names}

PRODUCT = "copydesk"
_READ_BYTES = 500 * 1024  # RFC 9309 2.5: a crawler parses at least this much
# Google's parser reads this many bytes of a line and ignores the rest: its buffer has 8 * 2083, the
# last one for the terminator (RobotsTxtParser::Parse).
_LINE_BYTES = 8 * 2083 - 1
_AGENT = re.compile(r"\*(?!\S)|[A-Za-z_-]+")
_MARKS = {"allow": "+", "disallow": "-"}
_KEYS = {
    "user-agent": "agent",
    "useragent": "agent",
    "user agent": "agent",
    "crawl-delay": "delay",
    "allow": "allow",
    "disallow": "disallow",
    "dissallow": "disallow",  # misspelled so often that Google's parser accepts these, too
    "dissalow": "disallow",
    "disalow": "disallow",
    "diasllow": "disallow",
    "disallaw": "disallow",
    **{key: key for key in KEYS},
}
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_OCTET = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PLAIN = re.compile(r"[A-Za-z0-9/._~?=&:@!$'()*+,;#\[\]-]*")
_AS_WRITTEN = "%:/?#[]@!$&'()*+,;=-._~"

TDMREP_PATH = "/.well-known/tdmrep.json"
_MAX_BYTES = 64 * 1024
_MOST_RULES = 200
_MAX_POLICY = 300  # characters


class UsageLine(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A line of robots.txt on how pages may be used: name of the signal, value and path pattern.

    Without a pattern it applies to every path.
    """

    name: str
    said: str
    path: str = ""


def parse_usage(key: str, value: str) -> UsageLine | None:
    """Parse a robots.txt line on how pages may be used (its key in `KEYS`), None without a
    value.
    """
    name, path, said = KEYS[key], "", value
    if name != "RSL" and value.startswith("/"):
        match = _PATH.fullmatch(value)
        if match is None:
            return None
        path, said = match[1], match[2]
    return UsageLine(name=name, said=said[:_SAID], path=path) if said else None


def usage_of_agents(closed: set[str]) -> list[UsageLine]:
    """Return the limits on AI use that follow from a robots.txt which shuts out these AI
    crawlers.
    """
    lines = []
    for name, agents in _GROUPS.items():
        named = ", ".join(agent for agent in agents if _SHORT.sub("", agent.lower()) in closed)
        if named:
            lines.append(UsageLine(name=name, said=named[:_SAID]))
    return lines


def limit_usage(usage_lines: list[UsageLine]) -> tuple[UsageLine, ...]:
    """Return the usage lines of a robots.txt without duplicates, at most 100."""
    return tuple(dict.fromkeys(usage_lines))[:_MOST]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pattern:
    """A path pattern of robots.txt: the parts between its `*`, whether it ends in `$`, its
    length.
    """

    pieces: tuple[str, ...]
    is_bound: bool
    length: int
    allow: bool

    def matches(self, path: str) -> bool:
        """Return whether a URL path matches the pattern; each `*` matches as little as possible."""
        first, *others = self.pieces
        if not path.startswith(first):
            return False
        if not others:
            return not self.is_bound or path == first
        at = len(first)
        last = others.pop() if self.is_bound else ""
        for piece in others:
            position = path.find(piece, at)
            if position < 0:
                return False
            at = position + len(piece)
        return path.endswith(last) and len(path) - len(last) >= at


class _Group:
    """All lines of a robots.txt that apply to one user agent, merged from all its groups."""

    def __init__(self) -> None:
        self.is_named = False
        self.lines: dict[str, None] = {}
        self.delay_seconds = 0.0
        self.usage_lines: list[UsageLine] = []

    def take(self, key: str, value: str) -> None:
        """Add one robots.txt line (key and value) to the lines of the user agent."""
        if key == "agent":
            self.is_named = True
        elif key == "delay":
            if _SECONDS.fullmatch(value):
                self.delay_seconds = float(value)
        elif key in KEYS:
            line = parse_usage(key, value)
            if line is not None:
                self.usage_lines.append(line)
        elif value:
            self.lines[_MARKS[key] + normalize_path(value)] = None

    @property
    def closes_all(self) -> bool:
        """Return whether the user agent may fetch nothing on the site."""
        return not {"-/", "-/*"}.isdisjoint(self.lines) and not any(
            line.startswith("+") for line in self.lines
        )


class RobotsRules:
    """The rules of a robots.txt for copydesk's user agent; the longest matching rule wins.

    `lines` are the rules: `+/path` allows, `-/path` forbids, with normalized paths. `delay_seconds`
    is the pause asked for between two requests, 0 for none. `usage_lines` are about the use of
    pages.
    """

    __slots__ = ("_rules", "delay_seconds", "lines", "usage_lines")

    def __init__(
        self,
        lines: Sequence[str] = (),
        delay_seconds: float = 0.0,
        usage_lines: Sequence[UsageLine] = (),
    ) -> None:
        self.lines = tuple(lines)
        self.delay_seconds = delay_seconds
        self.usage_lines = tuple(usage_lines)
        rules = [rule for line in self.lines for rule in _compile_rules(line)]
        self._rules = sorted(rules, key=lambda rule: (-rule.length, not rule.allow))

    @classmethod
    def read(cls, body: bytes) -> RobotsRules:
        """Parse a robots.txt, even a malformed one: with byte order mark, any line ends, invalid
        bytes.
        """
        body = _strip_mark(body[:_READ_BYTES])
        groups = {name: _Group() for name in (PRODUCT, "*", *AGENTS)}
        licences = _Group()
        agents: set[str] = set()
        in_rules = False
        for key, value in _parse_lines(body):
            if key == "license":
                licences.take(key, value)
                continue
            if key == "agent":
                agents = {value.lower()} if in_rules else {*agents, value.lower()}
                in_rules = False
            else:
                in_rules = True
            for agent in agents & groups.keys():
                groups[agent].take(key, value)
        chosen = groups[PRODUCT] if groups[PRODUCT].is_named else groups["*"]
        closed = {agent for agent in AGENTS if groups[agent].closes_all}
        usage_lines = [*licences.usage_lines, *usage_of_agents(closed), *chosen.usage_lines]
        return cls(tuple(chosen.lines), chosen.delay_seconds, limit_usage(usage_lines))

    def allow(self, url: str) -> bool:
        """Return whether robots.txt allows to fetch a URL. Its own URL is always allowed."""
        where = parse_address(url)
        if where is None:
            return False
        if not self._rules or where.path == "/robots.txt":
            return True
        path = normalize_path(where.path)
        return next((rule.allow for rule in self._rules if rule.matches(path)), True)

    def signals(self, url: str) -> tuple[Signal, ...]:
        """Return what robots.txt says on the use of a URL's content: for each signal, the longest
        match.

        Two lines with the same pattern both count (draft-ietf-aipref-attach 3.1).
        """
        where = parse_address(url)
        if where is None or not self.usage_lines:
            return ()
        path = normalize_path(where.path)
        fitting = [line for line in self.usage_lines if not line.path or fits(line.path, path)]
        longest: dict[str, int] = {}
        for line in fitting:
            longest[line.name] = max(longest.get(line.name, 0), len(normalize_path(line.path)))
        return tuple(
            Signal(name=line.name, said=line.said, where=WHERE)
            for line in fitting
            if len(normalize_path(line.path)) == longest[line.name]
        )


def _strip_mark(body: bytes) -> bytes:
    """Remove a byte order mark, even an incomplete one."""
    for mark in (b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"):
        if body.startswith(mark):
            return body[len(mark) :]
    return body


def _parse_lines(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield the key and the value of each robots.txt line with a known key."""
    for line in re.split(rb"\r\n|\r|\n", body):
        words = line[:_LINE_BYTES].decode("utf-8", "replace").partition("#")[0].strip()
        name, colon, value = words.partition(":")
        if not colon:
            name, value = _split_words(words)
        key = _KEYS.get(name.strip().lower())
        if key == "agent":
            match = _AGENT.match(value.strip())
            yield key, match[0] if match else ""
        elif key is not None:
            yield key, value.strip()


def _split_words(words: str) -> tuple[str, str]:
    """Split a robots.txt line without a colon, as some sites have it, if it has two words."""
    parts = words.split()
    return (parts[0], parts[1]) if len(parts) == 2 else ("", "")


def _compile_rules(line: str) -> Iterator[_Pattern]:
    """Yield the rules of a robots.txt line; one that allows an index page also allows its
    folder.
    """
    allow, pattern = line.startswith("+"), line[1:]
    yield _compile_rule(pattern, allow=allow)
    folder, slash, name = pattern.rpartition("/")
    if allow and slash and name.startswith("index.htm"):
        yield _compile_rule(f"{folder}/$", allow=True)


def fits(pattern: str, path: str) -> bool:
    """Return whether a normalized URL path matches a path pattern as written in a robots.txt."""
    return _compile_rule(normalize_path(pattern), allow=True).matches(path)


def _compile_rule(pattern: str, *, allow: bool) -> _Pattern:
    return _Pattern(
        pieces=tuple(pattern.removesuffix("$").split("*")),
        is_bound=pattern.endswith("$"),
        length=len(pattern),
        allow=allow,
    )


def normalize_path(path: str) -> str:
    """Return a URL path with normalized escapes (RFC 9309 2.2.2): %7E to ~, %3c to %3C."""
    if _PLAIN.fullmatch(path):
        return path
    encoded = quote(path.encode("utf-8", "replace"), safe=_AS_WRITTEN)
    return _OCTET.sub(_octet, encoded)


def _octet(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def read_tdmrep(body: bytes) -> tuple[UsageLine, ...]:
    """Parse a tdmrep.json (data mining rights) into its rules in order, () if it is not valid.

    Each rule is a UsageLine: its name is whether rights are reserved ("0" or "1"), its value the
    URL of the policy.
    """
    if len(body) > _MAX_BYTES:
        return ()
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ()
    rules = document if isinstance(document, list) else [document]  # many hold one rule
    return tuple(_parse_rules(rules[:_MOST_RULES]))


def _parse_rules(rules: list[object]) -> Iterator[UsageLine]:
    for rule in rules:
        if not isinstance(rule, dict):
            continue
        location, policy = rule.get("location"), rule.get("tdm-policy")
        reserved = rule.get("tdm-reservation")
        if not isinstance(location, str) or str(reserved) not in {"0", "1"}:
            continue
        yield UsageLine(
            name=str(reserved),
            said=_drop_surrogates(policy)[:_MAX_POLICY] if isinstance(policy, str) else "",
            path=_drop_surrogates(location if location.startswith(("/", "*")) else f"/{location}"),
        )


def _drop_surrogates(words: str) -> str:
    """Remove lone surrogates, which JSON may contain and files in UTF-8 may not."""
    return words.encode("utf-8", "ignore").decode()
