"""Words: keywords, names, numbers, stems and scripts in a text, one word or many at once."""

from __future__ import annotations

from copydesk.judge.words._keywords import contains, contains_letters, count, normalize
from copydesk.judge.words._latin import transliterate
from copydesk.judge.words._numbers import (
    ORDINALS,
    figures,
    headlines_differ,
    ordinals,
    texts_differ,
)
from copydesk.judge.words._phrases import PhraseMatch, Phrases
from copydesk.judge.words._scripts import is_unspaced, words_in_order
from copydesk.judge.words._stems import stemmer
from copydesk.judge.words._tokens import Tokens, fold, tokenize

__all__ = [
    "ORDINALS",
    "PhraseMatch",
    "Phrases",
    "Tokens",
    "contains",
    "contains_letters",
    "count",
    "figures",
    "fold",
    "headlines_differ",
    "is_unspaced",
    "normalize",
    "ordinals",
    "stemmer",
    "texts_differ",
    "tokenize",
    "transliterate",
    "words_in_order",
]
