"""Write the prompts: what a model is told, the articles as data, and the form of its answer.

What articles say changes nothing in the instructions. They stand between marks that they cannot
contain, since the marks are made from their own hash. The model has no tools.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from copydesk.kit import tables, text
from copydesk.model.client import Prompt
from copydesk.model.gate import MemberText

_VERSION = "1"  # of all prompts: another one asks anew
_LETTERS = 3_600  # of all articles together; a token has about four
_LEAST_LETTERS = 400  # of one article
_TOLD = tables.read_rows(__package__, "prompts.toml", str)
_T = TypeVar("_T")


class DraftLine(msgspec.Struct):
    """A sentence by a model, and the numbers of the texts that say so."""

    text: str
    reports: list[int]


class TextDraft(msgspec.Struct):
    """A model's draft of a summary or a digest."""

    sentences: list[DraftLine]


class HeadlineDraft(msgspec.Struct):
    """A model's translation of a headline."""

    headline: str


class RemarkDraft(msgspec.Struct):
    """A model's view of a story: its main topic, its worth from 0 to 100, and why."""

    topic: str
    worth: int
    why: str


class KeywordsDraft(msgspec.Struct):
    """The keywords that a model proposes for a topic."""

    keywords: list[str]


_STRING, _INTEGER = {"type": "string"}, {"type": "integer"}


def cut_members(articles: Sequence[tuple[str, str]]) -> tuple[MemberText, ...]:
    """Return the beginnings of articles, in whole paragraphs, as a prompt gives them.

    `articles` are pairs of record name and text: the headline, then the paragraphs, one a line.
    The first one gets the most room.
    """
    share = max(_LEAST_LETTERS, _LETTERS // (len(articles) + 1))
    rooms = [2 * share, *([share] * (len(articles) - 1))]
    return tuple(
        MemberText(name=name, text=_cut(words, room))
        for (name, words), room in zip(articles, rooms, strict=True)
    )


def _cut(words: str, room: int) -> str:
    """Return whole paragraphs up to a number of letters; of a longer first one, whole sentences."""
    kept: list[str] = []
    for whole in map(text.fold, words.split("\n")):
        is_early = len(kept) < 2  # headline and first paragraph
        line = text.shorten(whole, max(room, 1)).removesuffix("…") if is_early else whole
        room -= len(line) + 1
        if room < 0 and kept:
            break
        kept.append(line)
    return "\n".join(filter(None, kept))


def ask_summary(members: Sequence[MemberText], language: str) -> Prompt[TextDraft]:
    """Return the prompt for a summary of reports on one event."""
    return _ask_text("summary", members, language)


def ask_digest(members: Sequence[MemberText], language: str) -> Prompt[TextDraft]:
    """Return the prompt for the opening paragraph of a newsletter; each member is one story."""
    return _ask_text("digest", members, language)


def _ask_text(use: str, members: Sequence[MemberText], language: str) -> Prompt[TextDraft]:
    line = _form(text=_STRING, reports={"type": "array", "items": _INTEGER})
    return Prompt(
        instructions=_tell(use, "facts", language=language),
        data=_mark([member.text for member in members]),
        shape=TextDraft,
        schema=_form(sentences={"type": "array", "items": line}),
    )


def ask_headline(headline: str, language: str) -> Prompt[HeadlineDraft]:
    """Return the prompt for a headline's translation into a language."""
    told = _tell("headline", language=language)
    form = _form(headline=_STRING)
    return Prompt(told, _mark([headline]), HeadlineDraft, form, most_tokens=120)


def ask_remark(story: str, topics: Iterable[str], beat: str) -> Prompt[RemarkDraft]:
    """Return the prompt for a second view of a story, given as text."""
    told = _tell("remark", topics=", ".join(topics), beat=beat)
    form = _form(topic=_STRING, worth=_INTEGER, why=_STRING)
    return Prompt(told, _mark([_cut(story, 1_500)]), RemarkDraft, form, most_tokens=160)


def ask_keywords(description: str, language: str) -> Prompt[KeywordsDraft]:
    """Return the prompt for keywords of a topic, from a person's description."""
    told = _tell("topics", language=language)
    form = _form(keywords={"type": "array", "items": _STRING})
    return Prompt(told, _mark([description]), KeywordsDraft, form, most_tokens=300)


def digest_prompt(prompt: Prompt[Any]) -> str:
    """Return the hash of all that is asked: prompt, its version, form, language and articles."""
    form = msgspec.json.encode(prompt.schema).decode()
    asked = "\0".join((_VERSION, prompt.instructions, form, prompt.data))
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _tell(*names: str, **values: str) -> str:
    told = _TOLD[names[0]].strip().format(**values)
    return "\n".join((told, *(_TOLD[name].strip() for name in (*names[1:], "rules"))))


def _mark(passages: Sequence[str]) -> str:
    whole = "\n".join(passages).encode("utf-8", "surrogatepass")
    mark = hashlib.sha256(whole).hexdigest()[:8]
    return "\n".join(
        f"<<<text {number} {mark}>>>\n{passage}\n<<<end of text {number} {mark}>>>"
        for number, passage in enumerate(passages, 1)
    )


def _form(**keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of an object with these keys, all of them required."""
    return {
        "type": "object",
        "properties": keys,
        "required": list(keys),
        "additionalProperties": False,
    }
