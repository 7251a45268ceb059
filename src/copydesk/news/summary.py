"""Texts that a language model may write, and whether and how it is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from copydesk.kit import kinds
from copydesk.kit.options import from_environment, option

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
        return _find_author(self)


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

    @property
    def text(self) -> str:
        """Return the headline, as the text that was written."""
        return self.title

    @property
    def author(self) -> Author:
        """Return who wrote the headline as it is now; edited in its file, it is a person's."""
        return _find_author(self)


def _find_author(written: Summary | Translation) -> Author:
    is_model = written.by.startswith(_MODEL) and not is_edited(written)
    return "model" if is_model else "person"


def is_edited(written: Summary | Translation) -> bool:
    """Return whether a text was written or edited by hand, in the file of its record."""
    return written.digest != digest_text(written.text)


def digest_text(text: str) -> str:
    """Return the short hash of a text (16 hex digits) by which an edit of it is noticed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def list_citations(written: Summary | Translation) -> tuple[str, ...]:
    """Return the names of the records that a text cites, each once; a headline cites none."""
    if not isinstance(written, Summary):
        return ()
    return tuple(dict.fromkeys(name for one in written.sentences for name in one.stories))


def list_sources(written: Summary | Translation) -> tuple[str, ...]:
    """Return the names of the records that a text was written from, and of those that it cites."""
    sources = written.sources if isinstance(written, Summary) else ()
    return tuple(dict.fromkeys((*(one.story for one in sources), *list_citations(written))))


ModelUse = Literal["summary", "headline", "digest", "remark", "topics"]
# The fields of a story that a model may write, with what it is asked for.
TEXT_USES: Mapping[Literal["summary", "translation"], ModelUse] = {
    "summary": "summary",
    "translation": "headline",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """The settings of `[model]`. Without `url` and `uses` nothing is ever sent to a model.

    `key` is from the environment, "" for none.
    """

    url: str = option(
        "",
        "Address of an interface of the OpenAI form, such as `http://127.0.0.1:11434/v1` (Ollama). "
        "Its host may be in a private network. Texts of articles are sent there.",
        kinds.BASE,
    )
    name: str = option("", "Name of the model, as the interface knows it.", kinds.LINE)
    uses: tuple[str, ...] = option(
        (),
        "What the model is asked for: `summary` of an event, `headline` in the language of the "
        "site, `digest` at the top of newsletters, `remark` on a story for editors, `topics`: "
        "keywords for a topic.",
        kinds.choices(*get_args(ModelUse)),
    )
    most_tokens_a_day: int = option(
        200_000, "Maximum number of tokens per day (UTC), both ways.", kinds.whole()
    )
    most_spent_a_day: float = option(1.0, "Maximum cost per day, in the currency of the prices.")
    price_in: float = option(0.0, "Price of a million tokens that are sent.")
    price_out: float = option(0.0, "Price of a million tokens of answers.")
    timeout_seconds: float = option(
        120.0, "Seconds until a call without a complete answer is lost.", kinds.number(minimum=1)
    )
    parallel: int = option(
        1, "Maximum number of calls at the same time.", kinds.whole(minimum=1, maximum=32)
    )
    newest_hours: int = option(
        48, "Only stories of the last hours get texts.", kinds.whole(minimum=1, maximum=8760)
    )
    reports: int = option(
        4,
        "Maximum number of reports that a summary is written from; it needs at least two.",
        kinds.whole(minimum=2, maximum=12),
    )
    stale: Literal["show", "drop"] = option(
        "show",
        "What the site does with a summary that newer reports are missing in, until it is written "
        "anew: `show` it and say so, or `drop` it.",
    )
    renew_hours: int = option(3, "Hours until a summary may be written anew.", kinds.whole())
    not_sources: tuple[str, ...] = option(
        (), "Domains of publishers whose articles the model does not get.", kinds.HOSTS
    )
    not_topics: tuple[str, ...] = option(
        (), "Names of topics whose stories get no texts by the model.", kinds.WORDS
    )
    key: str = from_environment("COPYDESK_MODEL_KEY", kinds.PLAIN_LINE)

    def has(self, use: ModelUse) -> bool:
        """Return whether the model is asked for this."""
        return bool(self.url and self.name) and use in self.uses
