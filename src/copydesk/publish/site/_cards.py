"""Render a story for lists on pages: as a card with excerpt and picture, or as one line.

The HTML of a video or audio player is always our own, so that a record's markup never reaches a
page: `embeds` reads one URL from it, that of a known player or of a file. A player that sets no
cookies before it plays is shown open, with its provider's privacy URL. Any other player is folded,
and a browser loads it only when the reader opens it.
"""

from __future__ import annotations

import html
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.catalogue.page_entries import StoryEntry
from copydesk.kit import dates, embeds, text, urls
from copydesk.kit.embeds import MediaFile, Player
from copydesk.news import Provider, Story
from copydesk.news.story import EventKind
from copydesk.placement import Coverage, PlaceReason, RankPart, Voice, addresses
from copydesk.placement.addresses import group_by_day
from copydesk.publish import _pictures, developments
from copydesk.rendering import Strings, join_markup, language_tag, mark_safe

if TYPE_CHECKING:
    from copydesk.publish.site._frame import Frame

_KEPT = 10_000  # cards and lines
_LINKED = 4  # newsrooms where the page has room; the rest is a number
_TAKES = 3  # headlines of other newsrooms below the first story
_EXCERPT = 220
_IN_HAND = 2048  # stories; the newest of each topic are needed again for their pages
_PUBLISHERS = 4096
_NAMED = 2  # newsrooms on a card; the rest is a number
_REPORTS = 8  # of other newsrooms, with headlines, below a story on the front page
_CHANGED = {  # what says most comes first
    EventKind.CORRECTED: "corrected_at",
    EventKind.HEADLINE_CHANGED: "headline_changed",
    EventKind.NUMBER_CHANGED: "figures_changed",
    EventKind.TEXT_CHANGED: "wording_changed",
}
_LAST_CHANGES = 2
_FROM = {"headline_changed": "headline_was_before", "figures_changed": "figure_became"}
_FORMER_HEADLINE = 90
_BLOCK, _BLOCKS = 14, 40  # length of a block of the coverage bar, most blocks
_NEVER = {"iso": "", "text": "", "brief": "", "short": "", "clock": "", "day": ""}
_NOBODY = {"name": "", "href": ""}
_FRAME = (
    '<iframe{look} src="{src}" title="{title}" width="800" height="{height}" loading="lazy"'
    ' referrerpolicy="strict-origin-when-cross-origin" allow="encrypted-media; picture-in-picture"'
    " allowfullscreen></iframe>"
)
_FOLD = '<details class="ask">\n<summary>{said}</summary>\n{frame}\n</details>'
_HEIGHT = 450  # of every video; the style sheet makes them 16:9


@dataclass(slots=True)
class ListCards:
    """Renders stories as cards or lines for list pages, with a cache of the last ones.

    `topic_shelves` are the lists of other collections on a topic, by its name; `days` are those
    that have a story.
    """

    frame: Frame
    topic_shelves: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    views: Views = field(init=False)
    days: Sequence[date] = field(init=False)
    _made: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.views = Views(self.frame)
        self.days = sorted(self.frame.plan.by_day)

    def render_many(self, template: str, stories: Iterable[Story]) -> str:
        """Return the joined HTML of stories, each rendered with "card.html" or "line.html"."""
        return join_markup([self._one(template, story) for story in stories])

    def render_front(self, stories: Iterable[Story], rank: int, today: date) -> str:
        """Return the joined HTML of front page stories, each a "card.html" of size `rank`, 1 to 4.

        Times of `today` are shown without their day, those of its year without the year.
        """
        front = FrontCards(self.views, today)
        return join_markup(
            [self._print("card.html", one, rank, front.tell(one)) for one in stories]
        )

    def river(self, stories: Iterable[Story], today: date) -> list[Mapping[str, object]]:
        """Group stories, which come newest first, by day, each rendered with "brief.html".

        Days of the year of `today` are named without the year.
        """
        days = group_by_day(stories, self.frame.plan.zone)
        return [self._of_day(day, own, today.year) for day, own in days]

    def _of_day(
        self, day: date | None, stories: Sequence[Story], year: int
    ) -> Mapping[str, object]:
        strings = self.frame.strings
        form = "day_in_year" if day and day.year == year else "day"
        return {
            "heading": strings.format_date(form, day) if day else strings.say("undated"),
            "href": self.frame.href(addresses.day_folder(day)) if day else "",
            "iso": day.isoformat() if day else "",
            "digest": self.digest_of(day),
            "lines": self.render_many("brief.html", stories),
        }

    def newest_digest(self) -> Mapping[str, str] | None:
        """Return the link to the newest daily digest (a day's newsletter), None if
        there is none.
        """
        day = max(self.frame.plan.letters.digests, default=None)
        if day is None:
            return None
        return {"name": self.frame.strings.format_date("day", day), "href": self.digest_of(day)}

    def digest_of(self, day: date | None) -> str:
        """Return the link to the digest of a day, "" if the day has none."""
        has_one = day is not None and day in self.frame.plan.letters.digests
        return self.frame.href(addresses.digest_folder(day)) if has_one and day else ""

    def _one(self, template: str, story: Story) -> str:
        key = (template, story.path)
        if key not in self._made:
            self._made[key] = self._print(template, story)
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return self._made[key]

    def _print(
        self, template: str, story: Story, rank: int = 3, front: Mapping[str, object] | None = None
    ) -> str:
        voices = self.frame.plan.coverages.of(story).voices if rank < 3 else ()
        return self.frame.renderer.render(
            template,
            story=self.views.story(story),
            front=front,
            rank=rank,
            is_lead=rank == 1,
            voices=[self._voice(voice) for voice in voices[:_LINKED]],
            unnamed=len(voices[_LINKED:]),
            takes=self._takes(story, voices) if rank == 1 else [],
        )

    def _voice(self, voice: Voice) -> dict[str, str]:
        """Return the name of another publisher of a story, with a link to its page or article."""
        page = self.views.provider(voice.article.provider)["href"]
        return {"name": voice.name, "href": page or urls.fetchable(voice.article.web_url) or ""}

    def _takes(self, story: Story, voices: Iterable[Voice]) -> list[dict[str, str]]:
        """Return the differing headlines of the first other publishers of a story."""
        said = {text.squash(story.title), ""}
        found = []
        for voice in voices:
            title = text.fold(voice.article.title)
            if text.squash(title) not in said:
                said.add(text.squash(title))
                origin = urls.fetchable(voice.article.web_url) or ""
                found.append({"title": title, "origin": origin, "by": voice.name})
        return found[:_TAKES]


@dataclass(frozen=True, slots=True)
class FrontCards:
    """Tells what the front page adds to a story: who else has it, since when, what changed."""

    views: Views
    today: date

    def tell(self, story: Story) -> Mapping[str, object]:
        """Return a story's time, the phrases of the line below its headline, and other reports."""
        voices = self.views.frame.plan.coverages.of(story).voices
        by_time = sorted(voices, key=lambda voice: dates.utc(voice.article.published_at))
        return {
            "when": self._when(story.published_at),
            "why": list(filter(None, self._phrases(story, by_time))),
            "coverage": measure_coverage(story, self.views.frame),
            "reports": [self._report(voice) for voice in by_time[:_REPORTS]],
            "unlisted": len(by_time[_REPORTS:]),
        }

    def _phrases(self, story: Story, voices: Sequence[Voice]) -> Iterator[str]:
        say = self.views.frame.strings.say
        yield self._explain_place(story)
        if voices:
            agencies = sum(voice.is_agency for voice in voices) + bool(story.credit)
            newsrooms = 1 + len(voices) - agencies
            yield say("publishers_count", count=newsrooms) if newsrooms else ""
            yield say("agencies_count", count=agencies) if agencies else ""
            yield self._first_report(story, voices[0])
        elif not story.is_own:
            yield say("one_publisher")
            yield self._first_report(story, None)
        yield from self._last_changes(story)

    def _explain_place(self, story: Story) -> str:
        """Return why a story has its place on the page, "" if nothing sets it apart."""
        front, say = self.views.frame.plan.front, self.views.frame.strings.say
        reasons = front.reasons.get(story.path)
        if not reasons:
            return ""
        if reasons[0].part is RankPart.PIN:
            return say("placed_here")
        place = "first" if story.path == front.top[0].path else "here"
        return say(f"ranked_{place}", why=", ".join(map(self._name_part, reasons)))

    def _name_part(self, reason: PlaceReason) -> str:
        much = "most" if reason.is_most else "more"
        return self.views.frame.strings.say(f"ranked_{much}_{reason.part}")

    def _first_report(self, story: Story, first: Voice | None) -> str:
        """Return when the first report on a story's event came, and whose it was, "" if unknown."""
        own, name = story.published_at, text.fold(story.provider.name) if story.provider else ""
        if first and (own is None or dates.utc(first.article.published_at) < dates.utc(own)):
            own, name = first.article.published_at, first.name
        if own is None or not name:
            return ""
        return self.views.frame.strings.say("first_report", time=self._when(own), name=name)

    def _last_changes(self, story: Story) -> Iterator[str]:
        """Yield what changed last in a story since it was filed: at most two things."""
        changes = developments.list_changes_of(story, self.views.frame.plan.concealed)
        told = [change for change in changes if change.event.kind in _CHANGED]
        last = [change for change in told if change.event.at == told[-1].event.at]
        by_kind = {change.event.kind: change for change in reversed(last)}
        if len(by_kind) > 1:
            by_kind.pop(EventKind.TEXT_CHANGED, None)  # the others say what changed
        for kind in [kind for kind in _CHANGED if kind in by_kind][:_LAST_CHANGES]:
            change, word = by_kind[kind], _CHANGED[kind]
            old = text.shorten(change.old, _FORMER_HEADLINE)
            yield self.views.frame.strings.say(
                _FROM.get(word, word) if old else word,
                time=self._when(dates.parse(change.event.at)),
                old=old,
                new=change.new,
            )

    def _report(self, voice: Voice) -> Mapping[str, object]:
        article = voice.article
        return {
            "title": text.fold(article.title) or self.views.frame.strings.say("untitled"),
            "origin": urls.fetchable(article.web_url) or "",
            "by": voice.name,
            "page": self.views.provider(article.provider)["href"],
            "iso": dates.rfc3339(article.published_at),
            "when": self._when(article.published_at),
        }

    def _when(self, moment: datetime | None) -> str:
        """Return a time as short as it can be told beside today's date, "" for None."""
        if moment is None:
            return ""
        time = Time(moment, self.views.frame)
        return time.tell_beside(self.today)


def measure_coverage(story: Story, frame: Frame) -> Mapping[str, object] | None:
    """Return the bar and the words that show who reports a story's event, None if nobody else does.

    The bar has a block for each report, first those of independent publishers. Its `parts` are
    kinds of reports, each with the outline of its blocks in SVG; `length` is that of all blocks.
    """
    coverage, say = frame.plan.coverages.of(story), frame.strings.say
    if not coverage.others + coverage.reruns:
        return None
    agencies = sum(voice.is_agency for voice in coverage.voices) + bool(story.credit)
    known = list(filter(None, _list_owners(story, coverage, frame)))
    counts = {
        "publishers": 1 + len(coverage.voices) - agencies,
        "agencies": agencies,
        "same_owner": len(known) - 1 - len(coverage.voices),
        "copies": len(coverage.reruns),
    }
    counts = {kind: count for kind, count in counts.items() if count > 0}
    if sum(counts.values()) < 2 or story.is_own:
        return None
    words = [say(f"{kind}_count", count=count) for kind, count in counts.items()]
    parts, start = [], 0
    for kind, count in counts.items():
        end = min(start + count, _BLOCKS)
        parts.append({"kind": kind, "outline": "".join(map(_draw_block, range(start, end)))})
        start = end
    return {
        "parts": parts,
        "length": _BLOCK * start,
        "words": [*words, *_judge_mix(story, coverage, frame)],
    }


def _draw_block(place: int) -> str:
    return f"M{_BLOCK * place} 0h{_BLOCK - 2}v8h-{_BLOCK - 2}z"


def _list_owners(story: Story, coverage: Coverage, frame: Frame) -> list[str]:
    """Return the owners of a story's publisher and of those of the other reports, "" if unknown."""
    providers = (story.provider, *(article.provider for article in coverage.others))
    return list(map(frame.plan.coverages.owners.of, providers))


def _judge_mix(story: Story, coverage: Coverage, frame: Frame) -> Iterator[str]:
    """Yield what the settings know of an event's reports: one owner, an official source or none."""
    plan, say = frame.plan, frame.strings.say
    owners = _list_owners(story, coverage, frame)
    if len(owners) > 1 and owners[0] and len(set(owners)) == 1:
        yield say("only_one_owner")
    providers = filter(None, (story.provider, *(article.provider for article in coverage.others)))
    if not plan.official.isdisjoint(provider.domain for provider in providers):
        yield say("official_among")
    elif any(s.official and set(s.topics) & set(story.topics) for s in plan.beat.sources):
        yield say("official_silent")


class Time:
    """A time in the site's zone for templates: `iso` for machines, other properties for people."""

    __slots__ = ("_frame", "_local", "iso")

    def __init__(self, moment: datetime, frame: Frame) -> None:
        self.iso = dates.rfc3339(moment)
        self._local = frame.plan.local(moment)
        self._frame = frame

    @property
    def text(self) -> str:
        """Return the time as text with day, clock time and time zone, in the site's language."""
        return self._frame.strings.format_date("moment", self._local)

    @property
    def brief(self) -> str:
        """Return the time as text with day and clock time, in the site's language."""
        return self._frame.strings.format_date("brief", self._local)

    @property
    def short(self) -> str:
        """Return only the day, as short text in the site's language."""
        return self._frame.strings.format_date("short", self._local)

    @property
    def clock(self) -> str:
        """Return hours and minutes: `09:30`."""
        return f"{self._local.hour:02}:{self._local.minute:02}"

    def tell_beside(self, today: date) -> str:
        """Return the time without what it shares with the date `today`: the day, or the year."""
        if self._local.date() == today:
            return self.clock
        near = "brief_in_year" if self._local.year == today.year else "brief"
        return self._frame.strings.format_date(near, self._local)

    @property
    def day(self) -> str:
        """Return the link to the page that lists the stories of the time's day."""
        return self._frame.href(addresses.day_folder(self._local))


class Views:
    """Makes the values with which templates show stories, with a cache of the last ones."""

    def __init__(self, frame: Frame) -> None:
        plan = frame.plan
        self.frame = frame
        self._site_language = language_tag(plan.beat.locale)
        self._publisher = lru_cache(_PUBLISHERS)(self._publisher_link)
        self._stories: OrderedDict[str, Mapping[str, object]] = OrderedDict()
        self._topics = {
            topic.name: {
                "name": text.fold(topic.name),
                "href": frame.href(addresses.topic_folder(topic.id)),
            }
            for topic in plan.topics
            if topic.name != plan.beat.topic
        }

    def stories(self, entries: Iterable[StoryEntry]) -> list[Mapping[str, object]]:
        """Return the template values of the given stories, without those whose file is gone."""
        found = (self.frame.plan.read(entry.path) for entry in entries)
        return [self.story(story) for story in found if story is not None]

    def story(self, story: Story) -> Mapping[str, object]:
        """Return the values with which templates show a story, as a mapping."""
        if story.path not in self._stories:
            self._stories[story.path] = self._story(story)
            if len(self._stories) > _IN_HAND:
                self._stories.popitem(last=False)
        return self._stories[story.path]

    def _story(self, story: Story) -> Mapping[str, object]:
        plan, strings = self.frame.plan, self.frame.strings
        language = language_tag(story.language)
        coverage = plan.coverages.of(story)
        return {
            "title": text.fold(story.title) or strings.say("untitled"),
            "href": self.frame.href(addresses.story_folder(story.path)),
            "origin": urls.fetchable(story.web_url) or "",
            "excerpt": text.shorten(text.fold(story.excerpt), _EXCERPT),
            "language": language if language != self._site_language else "",
            "tongue": self.frame.tongue(story.language),
            "provider": self.provider(story.provider),
            "time": self.time(story.published_at),
            "topics": self.topics(story),
            "picture": _pictures.place_of(story, plan),
            "newsrooms": coverage.newsrooms,
            "also": strings.join_names(coverage.names, _NAMED),
            "label": label(story, strings),
            "translation": self._translation(story),
        }

    def _translation(self, story: Story) -> Mapping[str, str] | None:
        """Return the headline in the language of the site, with its label, None for none."""
        made, strings = developments.find_translation(story), self.frame.strings
        if made is None:
            return None
        return {
            "title": text.fold(made.title),
            "tongue": self.frame.tongue(made.language),
            "label": developments.say_label(made, strings),
            "short": strings.say(f"translation_by_{made.author}"),
        }

    def provider(self, provider: Provider | None) -> Mapping[str, str]:
        """Return a publisher's name and the link to its page on the site, "" if it has none."""
        return self._publisher(provider.name, provider.domain) if provider else _NOBODY

    def _publisher_link(self, name: str, domain: str) -> Mapping[str, str]:
        known = domain in self.frame.plan.by_publisher
        href = self.frame.href(addresses.source_folder(domain)) if known else ""
        return {"name": text.fold(name) or text.fold(domain), "href": href}

    def time(self, moment: datetime | None) -> Time | Mapping[str, str]:
        """Return a time in all forms that pages print. If the time is None, each form is ""."""
        return Time(moment, self.frame) if moment else _NEVER

    def topics(self, story: Story) -> list[Mapping[str, str]]:
        """Return the topics of a story that have a page, except the site's main topic."""
        return [self._topics[name] for name in story.topics if name in self._topics]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The HTML of a video or audio player, and what the page's Content-Security-Policy must allow.

    `frame` is the origin of a frame, "" for none. A file may be redirected anywhere, so that it
    needs all of https. `has_poster` says that the player shows the story's picture, or needs none.
    """

    markup: str = ""
    frame: str = ""
    is_file: bool = False
    has_poster: bool = False


def of(featured_content: str, title: str, strings: Strings, poster: str = "") -> Shown:
    """Return a safe HTML player for the video or audio of a record, an empty one if its kind is
    unknown.
    """
    embed = embeds.read(featured_content)
    if embed is None:
        return Shown()
    label = html.escape(text.fold(title) or strings.say(embed.kind))
    if isinstance(embed, MediaFile):
        return Shown(
            markup=mark_safe(_file(embed, label, poster)),
            is_file=True,
            has_poster=embed.kind == "video" and bool(poster),
        )
    address = embed.quiet or embed.src
    parts = urlsplit(address)
    return Shown(
        markup=mark_safe(_frame(embed, address, label, strings)),
        frame=f"{parts.scheme}://{parts.netloc}",
        has_poster=bool(embed.quiet),
    )


def label(story: Story, strings: Strings) -> str:
    """Return the label "Video, 12 min" or "Audio" for a story's card, "" for an article."""
    if story.type not in {"video", "audio"}:
        return ""
    length = dates.say_length(dates.parse_length(story.length))
    return strings.say(story.type) + (f", {length}" if length else "")


def verb(story: Story) -> str:
    """Return "read", "watch" or "listen", depending on whether a story is text, video or audio."""
    return {"video": "watch", "audio": "listen"}.get(story.type, "read")


def _frame(player: Player, address: str, label: str, strings: Strings) -> str:
    is_video = player.kind == "video"
    frame = _FRAME.format(
        look="" if is_video else ' class="sound"',
        src=html.escape(address),
        title=label,
        height=_HEIGHT if is_video else player.height,
    )
    if player.quiet:
        return frame
    invitation = strings.say("watch_here" if is_video else "listen_here", provider=player.provider)
    return _FOLD.format(said=html.escape(invitation, quote=False), frame=frame)


def _file(embed: MediaFile, label: str, poster: str) -> str:
    src = html.escape(embed.src)
    if embed.kind == "audio":
        return f'<audio controls preload="none" src="{src}" aria-label="{label}"></audio>'
    still = f' poster="{html.escape(poster)}"' if poster else ""
    return (
        f'<video controls preload="none" width="800" height="{_HEIGHT}"{still} src="{src}"'
        f' aria-label="{label}"></video>'
    )
