"""Explanations of a story's score or status (Reason): all kinds, and the sentence for each.

A record stores the sentence. The program decides by the kind only: the table below writes the
sentence of a kind and parses it back, and no other code compares sentences. Sentences of earlier
versions are in `tables`: they are parsed and never written.
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
from copydesk.news.wording import Rewording, Wording

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


_SET = ("set by {by}: {why}", "set by {by}")  # the sentences of a field that a rule sets
_LIFTED = "quality {quality:number} and {lift:number} points for other publishers"

# For each kind: its subject (with a blank at the end where a name follows), then its sentences. Of
# one subject's sentences the first that matches a text wins, so the one that matches anything is
# last. A sentence that changes goes to tables/reason_sentences.toml: records keep it until they are
# judged anew, for another cause.
_TABLE: Mapping[ReasonKind, tuple[str, ...]] = {
    ReasonKind.TOPIC_RULED: ("topic ", *_SET),
    ReasonKind.TOPIC: ("topic ", "{evidence}"),
    ReasonKind.OFF_BEAT: ("topic", "{lack}"),
    ReasonKind.TITLE_RULED: ("title", *_SET),
    ReasonKind.KEYWORD_IN_TITLE: ("quality", 'keyword "{keyword}" in title'),
    ReasonKind.PICTURE: ("quality", "has a picture"),
    ReasonKind.AMP_PAGE: ("quality", "has an AMP page"),
    ReasonKind.THIN_TEXT: ("quality", "fewer than {bound:number} characters of text"),
    ReasonKind.PRESS_RELEASE: ("quality", "press release: {evidence}", "press release"),
    ReasonKind.MARKET_REPORT: ("quality", "market report: {evidence}"),
    ReasonKind.JOB_ADVERT: ("quality", "job advert: {evidence}"),
    ReasonKind.SHOPPING_PAGE: ("quality", "shopping page: {evidence}"),
    ReasonKind.PASTIME: ("quality", "puzzle, horoscope or lottery: {evidence}"),
    ReasonKind.NEVER_BELOW: ("quality", "raised to the minimum quality {bound:number}"),
    ReasonKind.NEVER_ABOVE: ("quality", "lowered to the maximum quality {bound:number}"),
    ReasonKind.NOT_SCORED: ("quality", "not scored yet"),
    ReasonKind.UNEXPLAINED: ("quality", "set by hand or by earlier rules"),
    ReasonKind.SIGNAL: ("quality", "{seen}"),
    ReasonKind.NEWSROOMS: ("heat", "{count:number} other independent {newsrooms:word}: {names}"),
    ReasonKind.SPIKE: (
        "heat",
        "{count:number} publishers within 6 hours, usual for its topics: {usual} stories",
    ),
    ReasonKind.SOURCE_TRUST: ("heat", "the trust in its source is {trust:number} of 100"),
    ReasonKind.NOT_LEADING: ("heat", "not the main story of its group"),
    ReasonKind.RELATED: ("heat", "related stories: {count:number}"),
    ReasonKind.REACHES_GATE: (
        "published",
        f"{_LIFTED} reach the threshold {{gate:number}}",
        "quality {quality:number} reaches the threshold {gate:number}",
        "{total:number} points reach the threshold {gate:number}",
    ),
    ReasonKind.BELOW_GATE: (
        "published",
        f"{_LIFTED} are below the threshold {{gate:number}}",
        "quality {quality:number} is below the threshold {gate:number}",
        "{total:number} points are below the threshold {gate:number}",
    ),
    ReasonKind.TRUSTED_SOURCE: ("published", "stories of this source need no minimum quality"),
    ReasonKind.PUBLISHED_BY_PIN: ("published", "an editor pinned this story"),
    ReasonKind.KEPT_OFF_BEAT: ("published", "outside the site's subject under the current rules"),
    ReasonKind.RULED_OUT: (
        "published",
        "blocked by {by}: {what} ({why})",
        "blocked by {by}: {what}",
    ),
    ReasonKind.BEHIND_LEADER: ("published", "the main story of its group is {leader}"),
    ReasonKind.ALL_HELD: ("held", "every story waits for an editor"),
    ReasonKind.SOURCE_HELD: ("held", "stories of this source wait for an editor"),
    ReasonKind.COPY: (
        "copy",
        "contains {old:number} % of the text of {original}, which is {new:number} % of its own",
        "{new:number} % of its text is in {original}",
        "copied from {original}",
    ),
    ReasonKind.PINNED: ("group", "pinned by {by}: {why}", "pinned by {by}"),
    ReasonKind.SPLIT_OFF: ("group", "split off by {by}: {why}", "split off by {by}"),
    ReasonKind.MERGED: ("group", "merged by {by}: {why}", "merged by {by}"),
    ReasonKind.LED: ("group", "made the main story by {by}: {why}", "made the main story by {by}"),
    ReasonKind.EXCERPT_RULED: ("excerpt", *_SET),
    ReasonKind.PICTURE_RULED: ("picture", *_SET),
    ReasonKind.ADDRESS_RULED: ("url", *_SET),
    ReasonKind.NOTE_RULED: ("note", *_SET),
    ReasonKind.JOINED: ("group", "joined at similarity {likeness}, shared words: {words}"),
    ReasonKind.JOINED_BY_HEADLINE: ("group", "joined this group because of the same headline"),
    ReasonKind.JOINED_LATER: ("group", "came from a group that was merged into this one"),
    ReasonKind.FOUNDED: ("group", "the first story of this group"),
    ReasonKind.LEADS: (
        "lead",
        "main story of its group, preferred to {other}: {merits}",
        "main story of its group, preferred to {other}, which is equally good but later",
    ),
    ReasonKind.KEPT_OUT: (
        "group",
        "in no group because of an editor's decision ({said:word}), before that in {group}",
    ),
    ReasonKind.RETURNED: ("group", "back in this group, since an editor's decision was undone"),
    ReasonKind.NOT_BESIDE: ("group", "not shown with the main story of its group: {lack}"),
    ReasonKind.TEXT_SIZE: ("text", "its length is that of a {size}"),
    ReasonKind.WOULD_BE_PUBLISHED: ("trusted", "stories of this source need no minimum quality"),
    ReasonKind.TRUST: ("trust ", "{known}"),
}


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
        why = _renew(self.about, self.why)
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


@cache  # few commands meet a record of an earlier version
def _texts() -> Rewording:
    """Return the changed texts inside of sentences, such as a signal's, by the value's name."""
    rows = tables.read_rows(__package__, "reason_texts.toml", tuple[tuple[str, str], ...])
    return Rewording(rows, lists={"merits"})
