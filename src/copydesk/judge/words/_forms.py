"""Inflected forms: which forms of a keyword's word a text may use in its place.

Snowball's stems alone say too much: "organ" and "organization", "universe" and "university" have
one stem. So two words of one stem must also differ in their endings only, and what endings may be
depends on how much of a word the keyword gives.
"""

from __future__ import annotations

import functools

from copydesk.judge.words._stems import stemmer

_LEAST = 3  # letters of a word that has other forms
_STEM = 4  # letters that two forms share, but for a plural
_LONG = 7  # letters that two verb forms share where no other word stands beside them
_OTHER = 3  # letters of an ending in languages other than English
_PLURAL = frozenset({"", "s", "es", "y", "ies"})
_VERB = frozenset({*_PLURAL, "e", "d", "ed", "ied", "ing"})
_PAST = ("d", "ed", "ied")
_NOUN = frozenset({"ion", "ions"})
_BARE = frozenset({"", "s", "e", "es"})  # of a noun that a doing in -ing is not: "programs"
_WITH_DOERS = frozenset({"de", "nl"})  # languages where -er makes the doer of a thing


@functools.lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word; a short one, or in a language without stems, is its own."""
    if len(word) < _LEAST or not word.isalpha():
        return word
    return stemmer(language)(word)


@functools.lru_cache(maxsize=65_536)
def is_form(word: str, other: str, language: str, *, alone: bool) -> bool:
    """Decide whether a text's folded word is a form of a keyword's that has the same stem.

    `alone`: the keyword is this one word. Then it is a verb only if it is long or stands in the
    past: "market" is not "marketing" nor "programming" a "program", but "regulate" is "regulation",
    and "arrested" is "arrests". In languages other than English a word of four letters in -s may
    be anything ("arts" is not "Art"), and who does a thing is not the thing ("Gründer", "Gründe").
    """
    if word == other:
        return True
    shared = _count_common_letters(word, other)
    ours, theirs = word[shared:], other[shared:]
    if shared < _STEM:
        is_known = language == "en" or not ours
        return shared == _LEAST and is_known and _are_plural({ours, theirs})
    if language != "en":
        return max(len(ours), len(theirs)) <= _OTHER and not _is_doer(word, ours, language)
    if {ours, theirs} <= _PLURAL:
        return True
    return _may_be_verb(ours, theirs, shared, alone) and _are_verbal(
        {ours, theirs}, word[shared - 1]
    )


def _is_doer(word: str, ending: str, language: str) -> bool:
    """Decide whether a keyword is one who does, of which a text's word lacks the ending."""
    return bool(ending) and word.endswith("er") and language in _WITH_DOERS


def _may_be_verb(ours: str, theirs: str, shared: int, alone: bool) -> bool:
    """Decide whether a keyword with this ending may be a verb, found in a form with that one."""
    if not alone or ours.endswith(_PAST):
        return True
    return shared >= _LONG and not (ours.endswith("ing") and theirs in _BARE)


def _count_common_letters(word: str, other: str) -> int:
    """Count the letters that two words begin with."""
    pairs = enumerate(zip(word, other, strict=False))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(word), len(other)))


def _are_plural(endings: set[str]) -> bool:
    return endings <= {"", "s", "es"} or endings == {"y", "ies"}


def _are_verbal(endings: set[str], last: str) -> bool:
    """Decide whether both are endings of one verb; the last letter may be doubled before them."""
    known = _VERB | _NOUN if last == "t" else _VERB
    single = {ending.removeprefix(last) if len(ending) > 1 else ending for ending in endings}
    return single <= known
