"""A short text below a story that a model or a person wrote from the reports of an event."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

_MODEL = "model "


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSentence:
    """A sentence and the names of the records whose articles say so."""

    text: str
    stories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """An article that a text was written from: its record's name and the hash of what was read."""

    story: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReview:
    """An editor's review of a text: who, when, and which articles the editor opened for it.

    `changed` says that the editor changed the text.
    """

    by: str
    at: datetime
    opened: tuple[str, ...] = ()
    changed: bool | None = None


Author = Literal["model", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A summary of an event, below its main story, in the language of the reports.

    `by` is `model NAME` or `person NAME`. `sources` are the articles that it was written from.
    It is `stale` if other articles would be read now. `digest` belongs to the sentences: where it
    differs, somebody edited the record. Only the gate of the room `model` and the reader of records
    make one by a model.
    """

    sentences: tuple[CitedSentence, ...]
    by: str
    at: datetime
    language: str = ""
    sources: tuple[ReadArticle, ...] = ()
    digest: str = ""
    stale: bool | None = None
    review: TextReview | None = None

    @property
    def text(self) -> str:
        """Return the sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def author(self) -> Author:
        """Return who wrote the text as it is now; edited in its file, it is a person's."""
        is_model = self.by.startswith(_MODEL) and self.digest == digest_text(self.text)
        return "model" if is_model else "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A story's headline in the language of the site; `original` is the headline it is made from.

    `by`, `digest` and `review` are as in a `Summary`.
    """

    title: str
    original: str
    language: str
    by: str
    at: datetime
    digest: str = ""
    review: TextReview | None = None


def digest_text(text: str) -> str:
    """Return the short hash of a text (16 hex digits) by which an edit of it is noticed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def cited_stories(sentences: Iterable[CitedSentence]) -> tuple[str, ...]:
    """Return the names of all records that sentences cite, each once, in order."""
    return tuple(dict.fromkeys(name for sentence in sentences for name in sentence.stories))
