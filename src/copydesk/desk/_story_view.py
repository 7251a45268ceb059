"""Describe a story for the page templates: its fields, proposals, reasons and history."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from copydesk.desk_store.action_queue import Proposal
from copydesk.editing import applying, queue
from copydesk.editing.queue import story_page
from copydesk.editing.trail import Trail, TrailEntry
from copydesk.errors import DeskStoreError
from copydesk.kit import dates, text, urls
from copydesk.news import Reason, Ruling, Story, Verdict
from copydesk.newsroom import reports
from copydesk.placement.addresses import local_time, record_name
from copydesk.rendering import Strings, language_tag, mark_safe, render_note, text_direction
from copydesk.rounds.rejudging import neighbours

_SHOWN_REASONS = 4
_SHOWN_EXCERPT = 600

View = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryViews:
    """Describes stories for page templates, in the site's language and time zone.

    `root` is the path of the desk, `gate` the quality at which stories are published. The `seen` of
    a story has the digests of its fields, so that an action overwrites no change made meanwhile.
    """

    strings: Strings
    zone: ZoneInfo
    locale: str
    root: str
    gate: int

    def of(self, seen: queue.QueueStory) -> View:
        """Return a story as values for the template of a queue row."""
        story = seen.story
        reasons = sorted(story.reasons, key=lambda reason: -abs(reason.points or 0))
        return {
            **self.short(seen),
            "passes": (story.quality or 0) >= self.gate,
            "quality": "–" if story.quality is None else str(story.quality),
            "gate": self.gate,
            "heat": str(story.heat) if story.heat and story.heat > 0 else "",
            "trust": story.trust,
            "topics": [
                {"name": name, "href": f"{self.root}?view=all&topic={quote(name, safe='')}"}
                for name in story.topics
            ],
            "excerpt": text.shorten(text.fold(story.excerpt), _SHOWN_EXCERPT),
            "note": mark_safe(render_note(story.note)) if story.note else "",
            "reasons": [self.reason(reason) for reason in reasons[:_SHOWN_REASONS]],
            "reasons_left": max(0, len(reasons) - _SHOWN_REASONS),
            "verdict": self.verdict(seen.verdict),
            "pin": self._pin(seen.pin),
            "snooze": seen.snooze
            and {"until": self.time(seen.snooze.until), "by": text.fold(seen.snooze.by)},
            "picture": self._picture(seen),
            "unmade": seen.unmade,
        }

    def short(self, seen: queue.QueueStory) -> View:
        """Return a story's main values for the template, such as headline, source and status."""
        story = seen.story
        provider = story.provider
        source = text.fold(provider.name or provider.domain) if provider else ""
        return {
            "name": seen.name,
            "kind": "copy" if story.copy_of else "coverage",
            "title": text.fold(story.title) or self.strings.say("untitled"),
            "href": self.address(seen.name),
            "origin": urls.fetchable(story.web_url or story.original_url) or "",
            "domain": text.fold(provider.domain) if provider else "",
            "source": source or urls.host(story.web_url) or "?",
            "time": self.time(story.published_at),
            "tongue": self.tongue(story),
            "standing": str(seen.standing),
            "standing_word": self.strings.say(f"standing_{seen.standing}"),
            "said": seen.verdict.said if seen.verdict else "",
            "seen": json.dumps(dict(applying.field_digests(story, seen.verdict))),
        }

    def address(self, name: str) -> str:
        """Return the URL of a story's page in the web interface."""
        return f"{self.root}story/{quote(name, safe='')}/"

    def reason(self, reason: Reason) -> View:
        """Return a reason for a story's status, with its points, "" if it has none."""
        points = f"{reason.points:+d}" if reason.points else ""
        return {"points": points, "is_up": (reason.points or 0) > 0, "why": _reason_words(reason)}

    def verdict(self, verdict: Verdict | None) -> View | None:
        """Return an editor's decision on a story for the template, None without a decision."""
        if verdict is None:
            return None
        word = self.strings.say(f"said_{verdict.said}")
        return {
            "word": word,
            "by": text.fold(verdict.by),
            "time": self.time(verdict.at),
            "why": text.fold(verdict.why),
        }

    def _pin(self, pin: Ruling | None) -> View | None:
        """Return until when a story is pinned to the front page, None if it is not."""
        if pin is None:
            return None
        say, until = self.strings.say, self.time(pin.until)
        return {"words": say("pinned_until") if until else say("pinned"), "until": until}

    def time(self, moment: datetime | None) -> str:
        """Return a time as an HTML `<time>` element with date and time, "" for None."""
        if moment is None:
            return ""
        local = local_time(moment, self.zone)
        shown = self.strings.format_date("brief", local)
        return mark_safe(f'<time datetime="{dates.rfc3339(moment)}">{shown}</time>')

    def clock(self, moment: datetime) -> str:
        """Return a time of today as an HTML `<time>` element with hour and minute."""
        local = local_time(moment, self.zone)
        return mark_safe(f'<time datetime="{dates.rfc3339(moment)}">{local:%H:%M}</time>')

    def tongue(self, story: Story) -> str:
        """Return the HTML attributes lang and dir of a story, "" if it has the site's language."""
        tag = language_tag(story.language)
        if not tag or tag.partition("-")[0] == language_tag(self.locale).partition("-")[0]:
            return ""
        direction = text_direction(tag)
        return mark_safe(f' lang="{tag}"' + (f' dir="{direction}"' if direction == "rtl" else ""))

    def _picture(self, seen: queue.QueueStory) -> View | None:
        picture = seen.picture
        if picture is None:
            return None
        alt = text.fold(seen.story.images[0].title) if seen.story.images else ""
        src = f"{self.root}picture/{picture.name}"
        return {"src": src, "width": picture.width, "height": picture.height, "alt": alt}


def _reason_words(reason: Reason) -> str:
    about = "" if reason.about in {"quality", ""} else f"{reason.about}: "
    return text.fold(f"{about}{reason.why}")


FindProposals = Callable[[Collection[str]], Mapping[str, Sequence[Proposal]]]
_WORDS = {"split": "split_off"}  # rules whose name is no word of the desk's
_SHOWN_VALUE = 600
_SHOWN_WHY = 300


@dataclass(frozen=True, slots=True)
class ProposalViews:
    """Describes programs' proposals for queue rows; if the database fails, there are none."""

    strings: Strings
    find: FindProposals

    def find_for(self, row: queue.QueueRow) -> list[Proposal]:
        """Return the proposals for any story of a queue row, the oldest first, each once."""
        names = [seen.name for seen in (row.leader, *row.copies, *row.coverage)]
        found: Mapping[str, Sequence[Proposal]] = {}
        with contextlib.suppress(DeskStoreError):
            found = self.find(names)
        listed = [proposal for name in names for proposal in found.get(name, ())]
        return list({proposal.id: proposal for proposal in listed}.values())

    def version(self, row: queue.QueueRow, proposals: Sequence[Proposal]) -> str:
        """Return a version of a queue row that changes with its stories and proposals."""
        if not proposals:
            return row.version
        ids = " ".join(proposal.id for proposal in proposals).encode()
        return f"{row.version}-{hashlib.blake2b(ids, digest_size=4).hexdigest()}"

    def show(self, proposals: Sequence[Proposal]) -> list[View]:
        """Return programs' proposals as values for the template."""
        return [self._show(proposal) for proposal in proposals]

    def _show(self, proposal: Proposal) -> View:
        action, say = proposal.action, self.strings.say
        is_set = action.said == "set"
        word = action.values[0] if is_set else _WORDS.get(action.said, action.said)
        value = action.values[1] if is_set else ""
        return {
            "id": proposal.id,
            "word": say(word),
            "value": text.shorten(text.fold(value), _SHOWN_VALUE),
            "by": f"{text.fold(proposal.label)} ({text.fold(proposal.author)})",
            "why": text.shorten(text.fold(action.why), _SHOWN_WHY),
            "grounds": [ground.words for ground in proposal.grounds if ground.words],
        }


_SHORT = 10  # characters of a commit's id


def describe_why(told: reports.Explanation) -> View:
    """Return how a story got its quality score, as a table for the template, with other reasons."""
    in_parts = {evidence.reason for row in told.parts for evidence in row.evidence}
    return {
        "quality": told.quality,
        "parts": [
            {
                "part": row.part or "–",
                "points": f"{row.points:+d}",
                "evidence": [
                    {"points": f"{one.points:+d}", "why": one.why} for one in row.evidence
                ],
            }
            for row in told.parts
        ],
        "reasons": [reason for reason in told.reasons if reason not in in_parts],
        "otherwise": told.otherwise,
    }


def describe_places(views: StoryViews, told: reports.Explanation) -> list[str]:
    """Return a sentence on how a story ranks among recent stories, for each of its topics."""
    return [
        views.strings.say(
            "place_of" if place.topic else "place_of_all", **asdict(place), count=place.stories
        )
        for place in told.places
    ]


def describe_passages(found: story_page.StoryPage) -> list[list[View]]:
    """Return the passages of a story, each as a list of highlighted and plain pieces."""
    return [list(_part(passage)) for passage in found.passages]


def _part(passage: story_page.MarkedPassage) -> Iterator[View]:
    """Yield the marked and plain pieces of a passage."""
    at = 0
    for mark in passage.marks:
        yield {"words": passage.words[at : mark.start], "kind": ""}
        kind = "keyword" if mark.topic else "matter"
        words = passage.words[mark.start : mark.end]
        yield {"words": words, "kind": kind, "topic": mark.topic}
        at = mark.end
    yield {"words": passage.words[at:], "kind": ""}


def describe_trail(views: StoryViews, trail: Trail) -> View:
    """Return the history of a story for the template, with the number of older entries."""
    return {
        "entries": [_describe_entry(views, entry) for entry in trail.entries],
        "rest": views.strings.say("trail_rest", count=trail.rest) if trail.rest else "",
        "notes": trail.notes,
    }


def _describe_entry(views: StoryViews, entry: TrailEntry) -> View:
    at, until = dates.parse(entry.at), dates.parse(entry.until)
    again = views.strings.say("trail_again", count=entry.count) if until else ""
    return {
        "time": views.time(at) or views.strings.say("trail_unknown"),
        "kind": str(entry.kind),
        "what": entry.what,
        "by": entry.by,
        "why": entry.why,
        "fields": ", ".join(entry.fields),
        "commit": entry.commit[:_SHORT],
        "again": again,
        "until": views.time(until),
    }


def describe_neighbour(views: StoryViews, row: neighbours.NeighbourRow) -> View:
    """Return a similar story for the template, and why the two are grouped or not."""
    story = row.story
    others = views.strings.say("neighbour_others", count=row.others) if row.others else ""
    return {
        "title": text.fold(story.title) or views.strings.say("untitled"),
        "href": views.address(record_name(story.path)),
        "time": views.time(story.published_at),
        "others": others,
        "kind": str(row.kind),
        "likeness": f"{row.likeness:.2f}",
        "needed": f"{row.needed:.2f}",
        "why": row.why,
        "words": ", ".join(row.words),
    }
