"""Explanations of a story's score or status (Reason): all kinds, and the sentence for each.

A record stores the sentence. The program decides by the kind only: the table below writes the
sentence of a kind and parses it back, and no other code compares sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from copydesk.kit import text as plain_text
from copydesk.news.ruling import Ruling
from copydesk.news.wording import Wording

WHY_CHARACTERS = 200  # of a rule's explanation in a story's reasons; the rule itself has all of it
_SOMEBODY = "an editor"
# points exactly as `str` writes them: not "+05" or "-0", which a person may have written
_TEXT = re.compile(r"(.+?)(?: (\+0|[+-][1-9][0-9]{0,17}))?: (.*)", re.DOTALL)


class ReasonKind(StrEnum):
    """The kind of a reason that explains a story's score or status."""

    TOPIC_RULED = "topic-ruled"
    TOPIC = "topic"
    OFF_BEAT = "off-beat"
    TITLE_RULED = "title-ruled"
    PRESS_RELEASE = "press-release"
    NEVER_BELOW = "never-below"
    NEVER_ABOVE = "never-above"
    NOT_SCORED = "not-scored"
    UNEXPLAINED = "unexplained"
    KEYWORD_IN_TITLE = "keyword-in-title"
    PICTURE = "picture"
    AMP_PAGE = "amp-page"
    THIN_TEXT = "thin-text"
    MARKET_REPORT = "market-report"
    JOB_ADVERT = "job-advert"
    SHOPPING_PAGE = "shopping-page"
    PASTIME = "pastime"
    SIGNAL = "signal"
    NEWSROOMS = "newsrooms"
    SPIKE = "spike"
    SOURCE_TRUST = "source-trust"
    NOT_LEADING = "not-leading"
    RELATED = "related"
    REACHES_GATE = "reaches-gate"
    BELOW_GATE = "below-gate"
    TRUSTED_SOURCE = "trusted-source"
    PUBLISHED_BY_PIN = "published-by-pin"
    KEPT_OFF_BEAT = "kept-off-beat"
    RULED_OUT = "ruled-out"
    BEHIND_LEADER = "behind-leader"
    ALL_HELD = "all-held"
    SOURCE_HELD = "source-held"
    COPY = "copy"
    PINNED = "pinned"
    SPLIT_OFF = "split-off"
    MERGED = "merged"
    LED = "led"
    EXCERPT_RULED = "excerpt-ruled"
    PICTURE_RULED = "picture-ruled"
    ADDRESS_RULED = "address-ruled"
    NOTE_RULED = "note-ruled"
    JOINED = "joined"
    JOINED_BY_HEADLINE = "joined-by-headline"
    JOINED_LATER = "joined-later"
    FOUNDED = "founded"
    LEADS = "leads"
    KEPT_OUT = "kept-out"
    RETURNED = "returned"
    TEXT_SIZE = "text-size"
    NOT_BESIDE = "not-beside"
    WOULD_BE_PUBLISHED = "would-be-published"
    TRUST = "trust"
    OTHER = "other"


# For each kind: its subject (with a blank at the end where a name follows) and its sentences. Of
# one subject's sentences the first that matches a text wins, so the one that matches anything is
# last.
_TABLE: Mapping[ReasonKind, tuple[str, tuple[str, ...]]] = {
    ReasonKind.TOPIC_RULED: ("topic ", ("ruled by {by}: {why}", "ruled by {by}")),
    ReasonKind.TOPIC: ("topic ", ("{evidence}",)),
    ReasonKind.OFF_BEAT: ("topic", ("{lack}",)),
    ReasonKind.TITLE_RULED: ("title", ("ruled by {by}: {why}", "ruled by {by}")),
    ReasonKind.KEYWORD_IN_TITLE: ("quality", ('keyword "{keyword}" in title',)),
    ReasonKind.PICTURE: ("quality", ("has a picture",)),
    ReasonKind.AMP_PAGE: ("quality", ("has an AMP page",)),
    ReasonKind.THIN_TEXT: ("quality", ("fewer than {bound:number} characters of text",)),
    ReasonKind.PRESS_RELEASE: ("quality", ("press release: {evidence}", "press release")),
    ReasonKind.MARKET_REPORT: ("quality", ("market report: {evidence}",)),
    ReasonKind.JOB_ADVERT: ("quality", ("job advert: {evidence}",)),
    ReasonKind.SHOPPING_PAGE: ("quality", ("shopping page: {evidence}",)),
    ReasonKind.PASTIME: ("quality", ("pastime: {evidence}",)),
    ReasonKind.NEVER_BELOW: ("quality", ("never below {bound:number}",)),
    ReasonKind.NEVER_ABOVE: ("quality", ("never above {bound:number}",)),
    ReasonKind.NOT_SCORED: ("quality", ("not scored yet",)),
    ReasonKind.UNEXPLAINED: ("quality", ("by hand, or by rules of another time",)),
    ReasonKind.SIGNAL: ("quality", ("{seen}",)),
    ReasonKind.NEWSROOMS: (
        "heat",
        ("{count:number} independent {newsrooms:word}: {names}",),
    ),
    ReasonKind.SPIKE: (
        "heat",
        ("{count:number} newsrooms within 6 hours, usual are {usual} stories of its topics",),
    ),
    ReasonKind.SOURCE_TRUST: ("heat", ("a source of trust {trust:number}",)),
    ReasonKind.NOT_LEADING: ("heat", ("not the leader of its group",)),
    ReasonKind.RELATED: ("heat", ("{count:number} related",)),
    ReasonKind.REACHES_GATE: (
        "published",
        (
            "quality {quality:number} and {lift:number} for corroboration reach {gate:number}",
            "quality {quality:number} reaches {gate:number}",
            "{total:number} reaches {gate:number}",
        ),
    ),
    ReasonKind.BELOW_GATE: (
        "published",
        (
            "quality {quality:number} and {lift:number} for corroboration are below {gate:number}",
            "quality {quality:number} is below {gate:number}",
            "{total:number} is below {gate:number}",
        ),
    ),
    ReasonKind.TRUSTED_SOURCE: ("published", ("its source is trusted",)),
    ReasonKind.PUBLISHED_BY_PIN: ("published", ("an editor pinned it",)),
    ReasonKind.KEPT_OFF_BEAT: ("published", ("off the beat under today's rules",)),
    ReasonKind.RULED_OUT: (
        "published",
        ("{what}: ruled by {by}: {why}", "{what}: ruled by {by}"),
    ),
    ReasonKind.BEHIND_LEADER: ("published", ("{leader} leads its group",)),
    ReasonKind.ALL_HELD: ("held", ("every story waits for an editor",)),
    ReasonKind.SOURCE_HELD: ("held", ("stories of this source wait for an editor",)),
    ReasonKind.COPY: (
        "copy",
        (
            "{old:number} % of the text of {original} stands in it, {new:number} % of its own",
            "{new:number} % of its text stands in {original}",
            "of {original}",
        ),
    ),
    ReasonKind.PINNED: ("group", ("pinned, ruled by {by}: {why}", "pinned, ruled by {by}")),
    ReasonKind.SPLIT_OFF: (
        "group",
        ("split off, ruled by {by}: {why}", "split off, ruled by {by}"),
    ),
    ReasonKind.MERGED: ("group", ("merged, ruled by {by}: {why}", "merged, ruled by {by}")),
    ReasonKind.LED: (
        "group",
        ("put in front, ruled by {by}: {why}", "put in front, ruled by {by}"),
    ),
    ReasonKind.EXCERPT_RULED: ("excerpt", ("ruled by {by}: {why}", "ruled by {by}")),
    ReasonKind.PICTURE_RULED: ("picture", ("ruled by {by}: {why}", "ruled by {by}")),
    ReasonKind.ADDRESS_RULED: ("url", ("ruled by {by}: {why}", "ruled by {by}")),
    ReasonKind.NOTE_RULED: ("note", ("ruled by {by}: {why}", "ruled by {by}")),
    ReasonKind.JOINED: ("group", ("joined at likeness {likeness}, shares {words}",)),
    ReasonKind.JOINED_BY_HEADLINE: ("group", ("joined under the same headline",)),
    ReasonKind.JOINED_LATER: ("group", ("its own group and this one became one",)),
    ReasonKind.FOUNDED: ("group", ("the group began with it",)),
    ReasonKind.LEADS: (
        "lead",
        ("before {other}: {merits}", "before {other}, as good and later"),
    ),
    ReasonKind.KEPT_OUT: (
        "group",
        ("in none while an editor's word is {said:word}, before that in {group}",),
    ),
    ReasonKind.RETURNED: ("group", ("back in it, an editor's word was taken back",)),
    ReasonKind.NOT_BESIDE: ("group", ("not shown beside its leader: {lack}",)),
    ReasonKind.TEXT_SIZE: ("text", ("a {size}",)),
    ReasonKind.WOULD_BE_PUBLISHED: ("trusted", ("its source is trusted",)),
    ReasonKind.TRUST: ("trust ", ("{known}",)),
}


def _wordings() -> dict[str, Wording[ReasonKind]]:
    """Return the sentences of all kinds, by subject."""
    abouts = dict.fromkeys(about for about, _ in _TABLE.values())
    return {
        about: Wording(
            {kind: texts for kind, (whose, texts) in _TABLE.items() if whose == about},
            other=ReasonKind.OTHER,
        )
        for about in abouts
    }


_WORDINGS = _wordings()
_NAMED = tuple(about for about in _WORDINGS if about.endswith(" "))


# an editor's rule that changed a story's group or its place in it
GROUP_RULED = frozenset(
    {ReasonKind.PINNED, ReasonKind.LED, ReasonKind.SPLIT_OFF, ReasonKind.MERGED}
)
_ABOUT_GROUP_RULED = frozenset(_TABLE[kind][0] for kind in GROUP_RULED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The explanation of a score or status: `quality +15: keyword "generative ai" in title`.

    `about` is quality, heat, published, copy, title, or `topic NAME`; `points` is None if it
    has none. The program decides by `kind`; the words are for people.
    """

    about: str
    why: str
    points: int | None = None

    def __str__(self) -> str:
        if not self.about and self.points is None:
            return self.why
        points = "" if self.points is None else f" {self.points:+d}"
        return f"{self.about}{points}: {self.why}"

    @property
    def kind(self) -> ReasonKind:
        """Return the kind of the reason, `ReasonKind.OTHER` if its sentence is unknown."""
        return _read(self.about, self.why)[0]

    @property
    def values(self) -> Mapping[str, str]:
        """Return the values that the reason's sentence contains, by name (`by`, `group`, …)."""
        return _read(self.about, self.why)[1]

    @property
    def is_group_ruled(self) -> bool:
        """Return whether the reason is an editor's rule on a group of stories, such as a merge."""
        return self.about in _ABOUT_GROUP_RULED and self.kind in GROUP_RULED

    @property
    def former_group(self) -> str:
        """Return the group that the story left by an editor's decision, "" for other reasons."""
        is_it = self.about in _ABOUT_GROUP_RULED and self.kind is ReasonKind.KEPT_OUT
        return self.values["group"] if is_it else ""

    @property
    def for_readers(self) -> Reason:
        """Return the reason as the public site shows it: without the name of the editor.

        Mail addresses after names (as git writes people) are removed as well.
        """
        why = self.why
        if self.points is None and "by" in self.values:
            why = reason_words(self.kind, **{**self.values, "by": _SOMEBODY})
        return replace(self, why=plain_text.hide_addresses(why))

    @classmethod
    def of(
        cls,
        kind: ReasonKind,
        *,
        whose: str | int = "",
        points: int | None = None,
        **values: str | int,
    ) -> Reason:
        """Return a reason of the given kind for a story's score or status. Its `about` ends with
        `whose`, such as a topic's name.
        """
        about, _ = _TABLE[kind]
        return cls(about=f"{about}{whose}", why=reason_words(kind, **values), points=points)

    @classmethod
    def of_rule(cls, kind: ReasonKind, rule: Ruling, whose: str = "") -> Reason:
        """Return an editor's rule as a reason, its explanation cut to `WHY_CHARACTERS`."""
        why = plain_text.fold(rule.why)
        cut = f"{why[:WHY_CHARACTERS]}…" if len(why) > WHY_CHARACTERS else why
        return cls.of(kind, whose=whose, by=plain_text.fold(rule.by), why=cut)

    @classmethod
    def exclusion(cls, words: str) -> Reason:
        """Return the reason that a story is not published since an editor's rule blocks it."""
        about, _ = _TABLE[ReasonKind.RULED_OUT]
        return cls(about=about, why=words)

    @classmethod
    def parse(cls, text: str) -> Reason:
        """Parse the text form of a reason. If its form is unknown, the whole text becomes `why`."""
        match = _TEXT.fullmatch(text)
        if not match:
            return cls(about="", why=text)
        about, points, why = match.groups()
        return cls(about=about, why=why, points=int(points) if points else None)


def reason_words(kind: ReasonKind, **values: str | int) -> str:
    """Return the sentence for a kind of reason, filled in with the given values."""
    about, _ = _TABLE[kind]
    return _WORDINGS[about].say(kind, {name: str(value) for name, value in values.items()})


@lru_cache(maxsize=8192)  # the same reasons are parsed again and again
def _read(about: str, why: str) -> tuple[ReasonKind, Mapping[str, str]]:
    named = next((name for name in _NAMED if about.startswith(name)), about)
    wording = _WORDINGS.get(named)
    return (ReasonKind.OTHER, {}) if wording is None else wording.parse(why)
