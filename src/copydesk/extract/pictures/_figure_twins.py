"""Twins: one picture under two names, by what is left of its file's name beside sizes and crops.

A page often declares a crop of its own making and shows another, with the words and the credit.
Twins lend each other these words; they stay two pictures with two addresses.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.kit import text, urls

if TYPE_CHECKING:
    from copydesk.extract.pictures._mention import Mention

_SHORTEST = 7  # characters that two names must begin with
_LONG = 12
_MOST_LEFT = 4  # parts behind that
_MOST_WORDS = 2  # of them that are words and no known crop
_WORDS = 4  # of a description that two pictures have by no accident
_INNER_FORMAT = re.compile(r"(?i)\.?(?:jpe?g|png|webp|avif|gif|tiff?)(?=[_.-]).*$")
_PROCESSED = re.compile(r"(?i)^csm_")  # TYPO3 puts it before the names of its crops
_PART = re.compile(r"[^\W_]+")
_CROP = re.compile(
    r"""(?xi)^(?:\d{0,4}x\d{0,4}(?:\d?d?x{0,2}[sml])? | \d{1,2}(?:to|by)\d{1,2} | [whpqc]\d{1,4}
    | v | \d?d?x{0,2}[sml] | web | fill | crop(?:ped)? | scaled | resized | thumb(?:nail)? | small
    | medium | large | original | preview | square | landscape | portrait | wide
    | (?=[a-z]*\d)(?=\d*[a-z])[0-9a-f]{8,64})$"""
)
_SOCIAL = frozenset(
    {"og", "opengraph", "social", "socialmedia", "facebook", "twitter", "share", "sharing"}
)
_PLAIN = frozenset(
    {"image", "images", "picture", "photo", "header", "teaser", "default", "preview", "article"}
)
_HASH = re.compile(r"(?i)(?=[a-z]*\d)(?=\d*[a-z])[0-9a-f]{8,64}")
_NUMBER = re.compile(r"\d{4,}")
_DATE = re.compile(r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d(?:\d{4,6})?)?)?")
_LONG_NUMBER = 6  # digits


def find(group: list[Mention], others: list[list[Mention]], address: str) -> list[Mention]:
    """Return the mentions of a picture's twin among those that the article shows, [] for none.

    None where two might be it. `address` is the article's: its number stands in all its pictures.
    """
    shown = [other for other in others if other is not group and _is_shown(other)]
    twins = [other for other in shown if is_twin(group[0], other[0], address)]
    if not twins:
        words = _descriptions(group)
        twins = [other for other in shown if not words.isdisjoint(_descriptions(other))]
    return twins[0] if len(twins) == 1 or _is_one(twins, address) else []


def _is_shown(group: list[Mention]) -> bool:
    return any(mention.place for mention in group)


def _descriptions(group: list[Mention]) -> set[str]:
    return {_description(mention) for mention in group} - {""}


def hero(group: list[Mention], others: list[list[Mention]]) -> list[Mention]:
    """Find the one picture between headline and text where a declared one is nowhere shown."""
    if _is_shown(group):
        return []
    found = [other for other in others if any(mention.place == "hero" for mention in other)]
    is_near = len(found) == 1 and _domain(found[0][0]) == _domain(group[0])
    return found[0] if is_near else []


def _domain(mention: Mention) -> str:
    return urls.registrable_domain(mention.url)


def _is_one(groups: list[list[Mention]], address: str) -> bool:
    """Decide whether several groups are sizes of one picture."""
    return bool(groups) and all(is_twin(groups[0][0], group[0], address) for group in groups[1:])


def is_twin(one: Mention, other: Mention, address: str) -> bool:
    """Decide whether two names are surely those of one picture."""
    if _domain(one) != _domain(other):
        return False
    ours, theirs = _parts(one), _parts(other)
    same = _count_same(ours, theirs)
    if _begin_alike(ours[:same], ours[same:], theirs[same:], address):
        return True
    if len(ours) == 1 or len(theirs) == 1:  # a bare number is the picture's, whoever else has it
        address = ""
    return bool(_numbers(ours, address) & _numbers(theirs, address))


def begins_alike(one: Mention, other: Mention) -> bool:
    """Decide whether two names begin with the same long words: two of one series at least."""
    ours = _parts(one)
    return sum(map(len, ours[: _count_same(ours, _parts(other))])) >= _LONG


def _count_same(ours: list[str], theirs: list[str]) -> int:
    """Count the parts that two names begin with."""
    alike = (one == other for one, other in zip(ours, theirs, strict=False))
    return sum(1 for _ in itertools.takewhile(bool, alike))


def _parts(mention: Mention) -> list[str]:
    name = mention.key.rpartition("/")[2].partition("?")[0].lower()[:300]
    return _PART.findall(_INNER_FORMAT.sub("", _PROCESSED.sub("", name)))


def _begin_alike(same: list[str], left: list[str], right: list[str], address: str) -> bool:
    """Decide by what two names have in common, and what is left of each, whether they are one's."""
    if _is_chance(same, left, right):
        return False
    unknown = [[part for part in rest if not _CROP.match(part)] for rest in (left, right)]
    if not any(unknown):
        return True
    if not all(map(_are_few_words, unknown)):
        return False
    if any(map(_is_for_sharing, (left, right))):
        return sum(map(len, same)) >= _LONG
    return any(_is_number(part, address) for part in same)


def _is_chance(same: list[str], left: list[str], right: list[str]) -> bool:
    """Decide whether names have too little in common, or too much is left, to tell anything."""
    if sum(map(len, same)) < _SHORTEST or _PLAIN.issuperset(same):
        return True
    return max(len(left), len(right)) > _MOST_LEFT


def _is_for_sharing(parts: list[str]) -> bool:
    return bool(parts) and _SOCIAL.issuperset(parts)


def _are_few_words(parts: list[str]) -> bool:
    return len(parts) <= _MOST_WORDS and all(map(str.isalpha, parts))


def _is_number(part: str, address: str) -> bool:
    """Decide whether a part of a name has a number of the picture's own."""
    if _HASH.fullmatch(part):
        return True
    numbers = _NUMBER.findall(part)
    return any(
        not _DATE.fullmatch(number) and number not in urlsplit(address).path for number in numbers
    )


def _numbers(parts: list[str], address: str) -> set[str]:
    found = {
        number for part in parts for number in _NUMBER.findall(part) if len(number) >= _LONG_NUMBER
    }
    return {number for number in found if _is_number(number, address)}


def _description(mention: Mention) -> str:
    """Return the words with a picture where they are enough to know it by."""
    shown = mention.element.get("alt") or "" if mention.element is not None else ""
    words = text.fold((mention.alt or shown)[:1_000]).lower()
    return words if len(words.split()) >= _WORDS else ""
