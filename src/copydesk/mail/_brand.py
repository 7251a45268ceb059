"""The brand of a letter: colours and faces of the site's theme, in values that mail programs know.

Custom properties say nothing in most of them, so their values are written out. What is no plain
colour or list of faces (`color-mix()`, a face that only the site has) is taken from our own style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from copydesk.errors import MailError

_FACE_NAMES = ("serif", "sans", "headline")
_DARK = re.compile(r"prefers-color-scheme\s*:\s*dark")
_REFERENCE = re.compile(r"var\(\s*--([\w-]+)\s*(?:,[^()]*)?\)")
_MOST_REFERENCES = 8  # of one value: a circle of them ends
_FACE = re.compile(r"[\w .-]{1,60}")
_GENERIC = frozenset({"serif", "sans-serif", "monospace"})
_MOST_FACES = 4  # each stands in every paragraph of a letter
_ONLY_BROWSERS = re.compile(r"system-ui|ui-[a-z-]+")  # a name of CSS that mail programs do not know


@dataclass(frozen=True, slots=True, kw_only=True)
class Shade:
    """The colours of a letter by day, or in the dark, as `#rrggbb`."""

    paper: str
    ink: str
    soft: str
    rule: str
    accent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Colours and faces of a letter; faces as lists for `font-family`, in single quotes."""

    light: Shade
    dark: Shade
    serif: str
    sans: str
    headline: str


def read_brand(style: str, theme: str = "") -> Brand:
    """Return the brand of a site: `style` is our style sheet, `theme` its owner's after it.

    Raises MailError for a theme that cannot be meant.
    """
    day, night = _read_sheet(style)
    try:
        own_day, own_night = _read_sheet(theme)
    except RecursionError as error:
        what, hint = "nested too deep to be read", "look for a bracket that is not closed"
        raise MailError(what, subject="theme.css", hint=hint) from error
    theirs = day | own_day
    faces = {
        name: _faces(_resolve(theirs[name], theirs)) or _faces(_resolve(day[name], day))
        for name in _FACE_NAMES
    }
    # as style sheets go: what stands later counts, in the dark too
    return Brand(
        light=_read_shade(theirs, day),
        dark=_read_shade(day | night | own_day | own_night, day | night),
        **faces,
    )


def _read_shade(values: Mapping[str, str], ours: Mapping[str, str]) -> Shade:
    colours = {
        field.name: _colour(_resolve(values[field.name], values)) or _colour(ours[field.name]) or ""
        for field in fields(Shade)
    }
    return Shade(**colours)


def _read_sheet(sheet: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the custom properties of `:root`, by day and in the dark."""
    import tinycss2

    day: dict[str, str] = {}
    night: dict[str, str] = {}
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            day |= _properties([rule])
        elif _is_for_the_dark(rule):
            night |= _properties(tinycss2.parse_rule_list(rule.content, True, True))
    return day, night


def _is_for_the_dark(rule: Any) -> bool:
    import tinycss2

    if rule.type != "at-rule" or rule.lower_at_keyword != "media" or not rule.content:
        return False
    return _DARK.search(tinycss2.serialize(rule.prelude).lower()) is not None


def _properties(rules: Iterable[Any]) -> dict[str, str]:
    import tinycss2

    found: dict[str, str] = {}
    for rule in rules:
        if rule.type != "qualified-rule" or not _is_root(rule):
            continue
        for item in tinycss2.parse_blocks_contents(rule.content):
            if item.type == "declaration" and item.name.startswith("--"):
                found[item.name[2:]] = tinycss2.serialize(item.value).strip()
    return found


def _is_root(rule: Any) -> bool:
    import tinycss2

    return tinycss2.serialize(rule.prelude).strip() in {":root", "html"}


def _colour(value: str) -> str | None:
    """Return a colour as `#rrggbb`, None for what is none or lets the ground through."""
    import tinycss2.color3

    colour = tinycss2.color3.parse_color(value)
    if not isinstance(colour, tinycss2.color3.RGBA) or colour.alpha < 1:
        return None
    parts = (round(max(0.0, min(1.0, part)) * 255) for part in colour[:3])
    return "#" + "".join(f"{part:02x}" for part in parts)


def _resolve(value: str, values: Mapping[str, str]) -> str:
    for _ in range(_MOST_REFERENCES):
        reference = _REFERENCE.search(value)
        if reference is None:
            break
        known = values.get(reference[1], "")
        value = value[: reference.start()] + known + value[reference.end() :]
    return value


def _faces(value: str) -> str:
    """Return a list of faces as a `style` attribute can hold it, "" where it is none."""
    names = list(_face_names(value))
    if not names:
        return ""
    generic = [name for name in names if name in _GENERIC][:1] or ["serif"]
    names = [name for name in names if name not in _GENERIC][:_MOST_FACES] + generic
    return ", ".join(name if name in _GENERIC or "-" in name[:1] else f"'{name}'" for name in names)


def _face_names(value: str) -> Iterator[str]:
    for part in value.split(","):
        name = part.strip().strip("\"'").strip()
        if _FACE.fullmatch(name) and not _ONLY_BROWSERS.fullmatch(name):
            yield name
