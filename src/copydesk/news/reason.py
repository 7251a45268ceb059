"""Explanations of a story's score or status (Reason): all kinds, and the sentence for each.

A record stores the sentence. The program decides by the kind only: `tables/reasons.toml` has the
sentences of each kind, from which they are written and parsed back, and no other code compares
sentences. Those of earlier versions are in `tables`, too: they are parsed and never written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache

from copydesk.kit import tables
from copydesk.kit import text as plain_text
from copydesk.news.ruling import Ruling
from copydesk.news.wording import Rewording, Wording, read_sentences

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
    OWN_REPORTING = "own-reporting"
    INVESTIGATION = "investigation"
    REPUTATION = "reputation"
    SIGNAL = "signal"
    NEWSROOMS = "newsrooms"
    PUBLISHERS = "publishers"
    QUALITY_IN_HEAT = "quality-in-heat"
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
    NEAR_BEAT = "near-beat"
    ARCHIVE_HELD = "archive-held"
    ARCHIVE_OFF = "archive-off"
    COPY = "copy"
    PINNED = "pinned"
    SPLIT_OFF = "split-off"
    MERGED = "merged"
    LED = "led"
    EXCERPT_RULED = "excerpt-ruled"
    PICTURE_RULED = "picture-ruled"
    ADDRESS_RULED = "address-ruled"
    NOTE_RULED = "note-ruled"
    CHANGES_RULED = "changes-ruled"
    ADDITIONS_RULED = "additions-ruled"
    SUMMARY_RULED = "summary-ruled"
    TRANSLATION_RULED = "translation-ruled"
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
    CREDITS = "credits"
    OTHER = "other"


# of each kind its subject, then its sentences
_TABLE = read_sentences(__package__, "reasons.toml", ReasonKind)


def _wordings() -> dict[str, Wording[ReasonKind]]:
    """Return the sentences of all kinds, by subject."""
    abouts = dict.fromkeys(about for about, *_ in _TABLE.values())
    rows = tables.read_rows(__package__, "reason_sentences.toml", tuple[str, ...])
    return {
        about: Wording(
            {kind: texts for kind, (whose, *texts) in _TABLE.items() if whose == about},
            other=ReasonKind.OTHER,
            former=rows,
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reason:
    """The explanation of a score or status: `quality +15: keyword "generative ai" in title`.

    `about` is quality, heat, published, copy, title, or `topic NAME`; `points` is None if it
    has none. The program decides by `kind`; the words are for people. Reasons with the same
    subject, points, kind and values are equal, also if an earlier version wrote one of them in
    other words.
    """

    about: str
    why: str
    points: int | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reason):
            return NotImplemented
        if (self.about, self.points) != (other.about, other.points):
            return False
        return self.why == other.why or _renew(self.about, self.why) == _renew(
            other.about, other.why
        )

    def __hash__(self) -> int:
        return hash((self.about, self.points))

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
    def renewed(self) -> Reason:
        """Return the reason in the words of today, in which pages show reasons of any age."""
        return replace(self, why=_renew(self.about, self.why))

    @property
    def for_readers(self) -> Reason:
        """Return the reason as the public site shows it: in the words of today, without the name of
        the editor.

        Mail addresses after names (as git writes people) are removed as well.
        """
        why = _for_readers(self.about, self.why, is_ruling=self.points is None)
        return Reason(about=self.about, why=why, points=self.points)

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
        about, *_ = _TABLE[kind]
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
        about, *_ = _TABLE[ReasonKind.RULED_OUT]
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
    about, *_ = _TABLE[kind]
    return _WORDINGS[about].say(kind, {name: str(value) for name, value in values.items()})


@lru_cache(maxsize=8192)  # the same reasons are parsed again and again
def _read(about: str, why: str) -> tuple[ReasonKind, Mapping[str, str]]:
    named = next((name for name in _NAMED if about.startswith(name)), about)
    wording = _WORDINGS.get(named)
    return (ReasonKind.OTHER, {}) if wording is None else wording.parse(why)


@lru_cache(maxsize=8192)
def _renew(about: str, why: str) -> str:
    """Return a sentence, maybe of an earlier version, in the words of today."""
    kind, values = _read(about, why)
    if kind is ReasonKind.OTHER:
        return why
    return reason_words(kind, **_texts().renew_all(values))


@lru_cache(maxsize=8192)
def _for_readers(about: str, why: str, *, is_ruling: bool) -> str:
    kind, values = _read(about, why)
    is_named = is_ruling and "by" in values
    words = reason_words(kind, **{**values, "by": _SOMEBODY}) if is_named else _renew(about, why)
    return plain_text.hide_addresses(words)


@cache  # few commands meet a record of an earlier version
def _texts() -> Rewording:
    """Return the changed texts inside of sentences, such as a signal's, by the value's name."""
    rows = tables.read_rows(__package__, "reason_texts.toml", tuple[tuple[str, str], ...])
    return Rewording(rows, lists={"merits"})
