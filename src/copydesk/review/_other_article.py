"""Another article: whether what stands at an address is still the one that was filed there.

Words of four letters and more count, since two texts of one language share all the shorter ones;
in scripts without capitals, which have no such words, pairs of neighbouring ones or characters do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copydesk.review._change import have_same_words, sentences, words

LEFT_OF_TEXT = 3  # a text cut to less than a third under the same headline is a wall or a stub
KEPT_SHARE = 50  # per cent of the words, or of the names, that a state of the article keeps
STUB_WORDS = 30  # with fewer different words there was too little text to tell by

_LONG = 4
_SHARED_WORDS = 2  # one word in common is chance, where there are two
_NAMES = 3


def is_other_article(title: str, before: str, new_title: str, after: str) -> bool:
    """Decide whether what stands at the address now is no state of the article that was there.

    It is one where half of its words are kept, whatever the headline: text that is added takes
    none away. Under its own headline it may also be cut, or be rewritten around half of its names.
    Cut to less than a third it is a wall, or a retraction where the headline says something new.
    """
    old, new = sentences(before), sentences(after)
    is_cut = LEFT_OF_TEXT * _length(new) < _length(old)
    if is_cut and (have_same_words(title, new_title) or not new):
        return True
    is_headline = is_same_headline(title, new_title)
    was, now = _telling(old), _telling(new)
    if len(was) < STUB_WORDS:
        return not is_headline and _share(was, now, len(was)) < KEPT_SHARE
    if not is_headline:
        return _share(was, now, len(was)) < KEPT_SHARE
    is_kept = _share(was, now, min(len(was), len(now))) >= KEPT_SHARE
    return not (is_kept or is_cut or _are_names_kept(old, new))


def is_same_headline(one: str, other: str) -> bool:
    """Decide whether two headlines share half of the words of the shorter, and no mere one.

    Such as are equal but for quotes and counters are the same whatever their words.
    """
    left, right = _telling([one]), _telling([other])
    shorter = min(len(left), len(right))
    shared = len(left & right)
    is_enough = 0 < shorter <= 2 * shared and shared >= min(_SHARED_WORDS, shorter)
    return is_enough or have_same_words(one, other)


def _are_names_kept(old: Sequence[str], new: Sequence[str]) -> bool:
    """Decide whether half of what the old text names is in the new one too."""
    names = {name.lower() for sentence in old for name in words(sentence)[1:] if _is_name(name)}
    new_words = {word for sentence in new for word in words(sentence.lower())}
    return len(names) >= _NAMES and _share(names, new_words, len(names)) >= KEPT_SHARE


def _is_name(word: str) -> bool:
    return len(word) > 1 and word[0].isupper()


def _share(one: set[str], other: set[str], of: int) -> int:
    return 100 * len(one & other) // of if of else 0


def _length(texts: Iterable[str]) -> int:
    return sum(len(words(text)) for text in texts)


def _telling(texts: Iterable[str]) -> set[str]:
    """Return the different words that tell what a text is about."""
    telling = set()
    for text in texts:
        before = ""
        for word in words(text.lower()):
            is_caseless = word.upper() == word and not word.isdigit()
            if is_caseless and before:
                telling.add(before + word)
            elif word.upper() != word and len(word) >= _LONG:
                telling.add(word)
            before = word if is_caseless else ""
    return telling
