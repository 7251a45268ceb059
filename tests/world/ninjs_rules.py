"""The rules of ninjs 3.1 for the keys that we write, and what in a document breaks them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# What IPTC's schema of ninjs 3.1 says of the keys that we write: a kind of text or number, the
# allowed words, [objects of a list], an object of this table; "!" for a key that must be there.
# No object may have other keys.
RULES: dict[str, dict[str, str]] = {
    "item": {
        "uri": "uri!",
        "type": "text audio video picture graphic composite component event planning",
        "representationType": "full partial",
        "pubStatus": "usable withheld canceled",
        **dict.fromkeys(("firstCreated", "versionCreated", "contentCreated"), "time"),
        **dict.fromkeys(("language", "by", "usageTerms"), "words"),
        **dict.fromkeys(("headlines", "descriptions", "bodies"), "[wording]"),
        "infoSources": "[party]",
        "subjects": "[subject]",
        "genres": "[genre]",
        "renditions": "[rendition]",
        "associations": "[association]",
        "standard": "standard",
    },
    "wording": {"role": "words", "contentType": "words", "value": "words!"},
    "party": {"name": "words", "role": "words", "uri": "uri"},
    "subject": {"name": "words", "rel": "words", "uri": "uri"},
    "genre": {"name": "words"},
    "standard": {"name": "words", "version": "words", "schema": "uri"},
    "rendition": {
        "name": "words!",
        "href": "uri",
        **dict.fromkeys(("contentType", "title"), "words"),
        **dict.fromkeys(("width", "height"), "whole"),
        "duration": "number",
    },
}
RULES["source_type"] = {"name": "words", "uri": "uri"}
# IPTC allows the type of a digital source on the item, too; we never say it of the article
RULES["association"] = {
    **RULES["item"],
    "name": "words!",
    "rel": "words",
    "digitalSourceType": "source_type",
}
TEXTS = {
    "words": re.compile(r".*", re.DOTALL),
    "uri": re.compile(
        r"[a-z][a-z0-9+.-]*:(?:[\w.~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+", re.ASCII | re.IGNORECASE
    ),
    "time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII),
}


def find_faults(value: object, rule: str = "item", where: str = "$") -> Iterator[str]:
    """Yield the places of a ninjs document that break a rule."""
    if rule in RULES:
        yield from find_object_faults(value, RULES[rule], where)
    elif rule.startswith("["):
        listed = value if isinstance(value, list) else [None]
        for at, inner in enumerate(listed):
            yield from find_faults(inner, rule.strip("[]"), f"{where}[{at}]")
    elif rule in {"whole", "number"}:
        kinds = int if rule == "whole" else int | float
        if not isinstance(value, kinds) or isinstance(value, bool):
            yield where
    elif not isinstance(value, str) or not allows(value, rule):
        yield where


def find_object_faults(value: object, rules: Mapping[str, str], where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield where
        return
    needed = {key for key, rule in rules.items() if rule.endswith("!")}
    yield from (
        f"{where}.{key}" for key in sorted((needed - set(value)) | (set(value) - set(rules)))
    )
    for key in set(value) & set(rules):
        yield from find_faults(value[key], rules[key].rstrip("!"), f"{where}.{key}")


def allows(value: str, rule: str) -> bool:
    return bool(TEXTS[rule].fullmatch(value)) if rule in TEXTS else value in rule.split()
