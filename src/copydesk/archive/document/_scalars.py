"""How one value is spelled in YAML: as the reference spells it, or quoted where YAML needs it."""

from __future__ import annotations

import re
from datetime import datetime

from yaml.resolver import Resolver

from copydesk.errors import RecordError
from copydesk.kit import dates

# What YAML 1.1 cannot hold raw in double quotes: the escape characters themselves, all controls
# but the tab, the line breaks U+0085 U+2028 U+2029, the byte order mark and the non-characters.
_ESCAPED = re.compile('["\\\\\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\0": "\\0"}

_UNPLAIN = re.compile(
    r"""(?x)
      \A[\s\-?:,\[\]{}\#&*!|>'"%@`]     # an indicator first
    | :(\s|\Z) | \s\# | \s\Z            # a key, a comment, an end that would be cut off
    | [\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]
    """
)
# Numbers as YAML 1.2 and Ruby's Psych read them beside PyYAML's own rules (Jekyll reads records).
_NUMBER = re.compile(r"[-+.\d][\d_,.:]*([eE][-+]?\d+)?|0[xo][\da-fA-F_]+")
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = Resolver.yaml_implicit_resolvers


def spell_quoted(text: str) -> str:
    r"""Spell the text in double quotes, escaping only `\`, `"`, line ends and what YAML forbids."""
    if _SURROGATE.search(text):
        raise RecordError("half a character (a lone surrogate) in a text", subject=ascii(text[:60]))
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    short = _SHORT.get(character)
    if short:
        return short
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def spell_plain(text: str) -> str:
    """Return the text without quotes where YAML reads it back as the same text, else quoted."""
    return text if is_plain(text) else spell_quoted(text)


def is_plain(text: str) -> bool:
    """Decide whether YAML reads the bare text as that text, and not as a number, key or comment."""
    if not text or _UNPLAIN.search(text) or _SURROGATE.search(text) or _NUMBER.fullmatch(text):
        return False
    rules = _RESOLVERS.get(text[0], []) + _RESOLVERS.get("", [])
    return not any(rule.match(text) for _, rule in rules)


def spell_flag(value: bool) -> str:
    """Return `true` or `false`."""
    return "true" if value else "false"


def spell_date(moment: datetime) -> str:
    """Return `2023-07-24T09:36:00Z`: UTC, whole seconds, the year in four digits."""
    return dates.utc(moment).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
