"""Untrusted text: what sources wrote stands in one field, and nowhere else in an answer.

A story's text may say "ignore your instructions"; a model is told that nothing in `untrusted_text`
is meant for it. The name of a story and its address are made of its headline, so they stand there,
too, and so do the judge's sentences, which quote it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from copydesk import engine
from copydesk.desk.api import ApiVerdict, StoryAnswer, make_story, make_story_answer
from copydesk.kit import text

_WITHHELD = "its publisher refuses ai-input: headline, address and judgement are all there is"
_TEXT_CHARACTERS = 20_000
_REFUSED_USE = "ai-input"


class UntrustedText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What sources wrote, or what quotes them: data, whatever it says."""

    name: str
    title: str
    url: str
    source: str = ""
    excerpt: str = ""
    text: str = ""
    explained: list[str] = []
    otherwise: list[str] = []
    history: list[str] = []
    editors_note: str = ""


class AgentReason(msgspec.Struct, frozen=True, kw_only=True):
    """A reason of the judge's without its words."""

    kind: str
    points: int | None = None


class AgentStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story for an agent: where it stands and why, and apart from that what its source says.

    `withheld` says why excerpt and text are not told, "" where they are.
    """

    standing: str
    quality: int | None
    heat: int | None
    trust: int | None
    language: str
    published_at: datetime | None
    topics: list[str]
    reasons: list[AgentReason]
    said: str
    refuses: list[str]
    untrusted_text: UntrustedText
    withheld: str = ""


def is_withheld(seen: engine.QueueStory) -> bool:
    """Decide whether a story's publisher forbids that a model is given its words."""
    return _REFUSED_USE in seen.story.refuses


def make_agent_story(seen: engine.QueueStory) -> AgentStory:
    """Return a story as lists tell it."""
    withheld = is_withheld(seen)
    words = make_story(seen)
    told = UntrustedText(
        name=seen.name,
        title=words.title,
        url=words.url,
        source="" if withheld else words.source,
        excerpt="" if withheld else words.excerpt,
        editors_note="" if withheld else text.fold(words.note),
    )
    return _make(seen, told, words.verdict)


def make_agent_page(found: engine.StoryPage, *, with_text: bool) -> AgentStory:
    """Return a story with why it stands where it does, and with its text if that is wanted."""
    brief = make_agent_story(found.seen)
    if brief.withheld:
        return brief
    page: StoryAnswer = make_story_answer(found)
    told = msgspec.structs.replace(
        brief.untrusted_text,
        explained=[text.fold(line) for line in page.explained],
        otherwise=[text.fold(line) for line in page.otherwise],
        history=[text.fold(line) for line in page.history],
        text=text.shorten(page.text, _TEXT_CHARACTERS) if with_text else "",
    )
    return msgspec.structs.replace(brief, untrusted_text=told)


def _make(seen: engine.QueueStory, told: UntrustedText, verdict: ApiVerdict | None) -> AgentStory:
    story = seen.story
    return AgentStory(
        standing=str(seen.standing),
        quality=story.quality,
        heat=story.heat,
        trust=story.trust,
        language=story.language,
        published_at=story.published_at,
        topics=list(story.topics),
        reasons=[
            AgentReason(kind=str(reason.kind), points=reason.points) for reason in story.reasons
        ],
        said=verdict.said if verdict else "",
        refuses=list(story.refuses),
        untrusted_text=told,
        withheld=_WITHHELD if is_withheld(seen) else "",
    )
