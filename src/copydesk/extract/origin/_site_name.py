"""The name of a site as its pages' titles end in it, and whether a name fits an address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from typing import Literal

from copydesk.kit import urls

Fit = Literal["", "loose", "exact"]

_MAX_TITLE = 500  # characters
_MAX_PARTS = 12
_MAX_WORDS = 5  # of a part of a title that only somehow fits
_EDGES = " .,-–—|"
_SHORT = 3  # letters; shorter ones fit too much
_LONG = 5  # letters of a first word that stands for a whole name
_SPACED = re.compile(r"\s+[|ǀ–—―·•:›»‹«~-]+\s+|\s*[|ǀ›»‹«]+\s*")
_COLON = re.compile(r":\s+")
_SCHEME = re.compile(r"(?i)^(?:https?:/|www\.)")
_ARTICLES = frozenset({"the", "die", "der", "das", "la", "le", "les", "el", "los", "il", "de"})
_JOINING = _ARTICLES | {"of", "and", "for", "und", "für", "et", "y", "e", "in", "von", "du", "des"}
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_GENERIC = frozenset(
    {"news", "online", "blog", "web", "media", "magazine", "magazin", "zeitung", "info", "live"}
)
_OUTER = frozenset({"www", "com", "co", "net", "org", "gov", "ac", "edu"})


def is_address(name: str) -> bool:
    """Decide whether a name is only an address: `www.harbour.example`, `http://harbour.example`."""
    return bool(_SCHEME.match(name)) or "://" in name


def fit(name: str, web_url: str) -> Fit:
    """Decide how well a name fits the address of a site, "" for not at all.

    Exact is the same letters, without an article in front and with or without the domain's ending.
    Loose is a longer name that begins so, or one whose words give the address their beginnings:
    `The New York Times` and nytimes.com.
    """
    words = _words(name)
    if not words:
        return ""
    labels = _labels(web_url)
    spelt = {_squash(urls.registrable_domain(web_url)), *labels}
    has_article = words[0] in _ARTICLES and len(words) > 1
    variants = (words, words[1:]) if has_article else (words,)
    if any(form in spelt for variant in variants for form in _forms("".join(variant))):
        return "exact"
    is_loose = any(_is_loose(variant, label) for variant, label in product(variants, labels))
    return "loose" if is_loose else ""


def in_title(title: str, web_url: str) -> str:
    """Return the part of a page's title that is the name of its site, "" where none surely is.

    One that fits exactly may stand anywhere; one that fits loosely only at the end.
    """
    parts = [part for part in _SPACED.split(title[:_MAX_TITLE].strip()) if part.strip()]
    finer = [part for whole in parts for part in _COLON.split(whole)]
    if len(finer) < 2:
        return ""
    for part in (*parts[::-1][:_MAX_PARTS], *finer[:_MAX_PARTS]):
        name = part.strip(_EDGES)
        if _fits_as_a_name(name, web_url) == "exact":
            return name
    last = parts[-1].strip(_EDGES[0] + _EDGES[2:])
    is_name = len(parts) > 1 and _reads_as_a_name(last) and _fits_as_a_name(last, web_url)
    return last if is_name else ""


def _fits_as_a_name(name: str, web_url: str) -> Fit:
    """Decide how well a name fits an address, which itself is none."""
    if is_address(name) or name == urls.registrable_domain(web_url):
        return ""
    return fit(name, web_url)


def _reads_as_a_name(words: str) -> bool:
    """Decide whether words are few, without numbers, and none but joining ones begin small."""
    some = words.split()
    if not 0 < len(some) <= _MAX_WORDS or any(letter.isdigit() for letter in words):
        return False
    big = [word for word in some if word.lower() not in _JOINING and not word.endswith(".V.")]
    return not any(word[0].islower() for word in big[1:])


def _labels(web_url: str) -> frozenset[str]:
    """Return the parts of a host that may spell a name."""
    labels = urls.host(web_url).split(".")[:-1]
    return frozenset(
        _squash(label) for label in labels if label not in _OUTER and len(label) >= _SHORT - 1
    )


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", name.lower()[:100]) if word]


def _forms(letters: str) -> Iterator[str]:
    """Yield the ways in which an address may spell letters: `koeln` and `koln`."""
    yield _squash(letters.translate(_GERMAN))
    yield _squash(letters)


def _squash(letters: str) -> str:
    plain = unicodedata.normalize("NFKD", letters.lower())
    return "".join(letter for letter in plain if letter.isalnum())


def _is_loose(words: list[str], label: str) -> bool:
    if len(label) < _SHORT:
        return False
    folded = [next(_forms(word)) for word in words]
    if _is_beginning(folded, label):
        return True
    return len(words) > 1 and _is_composed([word for word in folded if word], label)


def _is_beginning(words: list[str], label: str) -> bool:
    """Decide whether a label is how words begin, or the first with what many add to theirs."""
    first, whole = words[0], "".join(words)
    if first == label or (len(label) > _SHORT and whole.startswith(label)):
        return True
    return len(first) >= _LONG and label.removeprefix(first) in _GENERIC


def _is_composed(words: list[str], label: str) -> bool:
    """Decide whether beginnings of all words in their order, joining ones at will, give a label."""
    reached = {0}
    for word in words[: 2 * _MAX_WORDS]:
        after = set(reached) if word in _JOINING else set()
        for at in reached:
            for length in range(1, len(word) + 1):
                if label.startswith(word[:length], at):
                    after.add(at + length)
        reached = after
    return len(label) in reached
