"""Words: keywords, names, numbers, stems and scripts in a text, one word or many at once."""

from __future__ import annotations

from copydesk.judge.words._keywords import occurs, readable, stands, times
from copydesk.judge.words._latin import latin
from copydesk.judge.words._numbers import headlines_differ, texts_differ
from copydesk.judge.words._phrases import Found, Phrases
from copydesk.judge.words._scripts import in_order, is_unspaced
from copydesk.judge.words._stems import stemmer
from copydesk.judge.words._tokens import Words, fold, words

__all__ = [
    "Found",
    "Phrases",
    "Words",
    "fold",
    "headlines_differ",
    "in_order",
    "is_unspaced",
    "latin",
    "occurs",
    "readable",
    "stands",
    "stemmer",
    "texts_differ",
    "times",
    "words",
]
