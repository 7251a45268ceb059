"""Words: texts and questions as the full-text index takes them.

It splits at blanks, so scripts that have none are given to it as pairs of letters: "東京都" as
"東京 京都". A question is words that must all stand in a story; those in quotes one after another.
"""

from __future__ import annotations

import re

from copydesk.kit import text as plain_text

_MOST_CHARACTERS = 20_000  # of one text
_RUN = re.compile(f"[{plain_text.UNSPACED_LETTERS}]+")
_PART = re.compile(r'"([^"]*)"|(\S+)')


def index_form(text: str) -> str:
    """Return a text as it is put into the index."""
    return _RUN.sub(lambda run: f" {_pair(run[0])} ", text[:_MOST_CHARACTERS])


def _pair(run: str) -> str:
    if len(run) == 1:
        return run
    return " ".join(run[at : at + 2] for at in range(len(run) - 1))


def question_form(question: str) -> str:
    """Return a question in the index's own language, "" for one without a word."""
    phrases = (quoted or word for quoted, word in _PART.findall(question))
    found = (" ".join(plain_text.words(index_form(phrase))) for phrase in phrases)
    return " ".join(_phrase(words) for words in found if words)


def _phrase(words: str) -> str:
    """Return words that stand one after another; of a single one also what begins like it."""
    return f'"{words}"' if " " in words or len(words) < 3 else f'"{words}"*'
