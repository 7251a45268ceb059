"""A story as a list shows it: a card with excerpt and picture, or a line; each made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from copydesk.kit import dates, text, urls
from copydesk.news import Provider, Story, Topic
from copydesk.publish import _links, _pictures, _render
from copydesk.publish._coverage import Voice
from copydesk.publish._entries import Entry
from copydesk.publish._names import language_tag
from copydesk.publish.site import _player
from copydesk.publish.site._frame import Frame

_EXCERPT = 220
_IN_HAND = 500
_KEPT = 10_000  # cards and lines; what is listed together was mostly printed together
_NAMED = 2  # newsrooms on a card; more are a number
_LINKED = 4  # the same where the page has room
_TAKES = 3  # headlines of other newsrooms under the first story


@dataclass(slots=True)
class Cards:
    """The cards and lines of a plan's stories, made when asked for; the last ones are kept."""

    frame: Frame
    _by_name: Mapping[str, Topic] = field(init=False)
    _made: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)
    _views: OrderedDict[str, Mapping[str, object]] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self._by_name = {topic.name: topic for topic in self.frame.plan.topics}

    def many(self, template: str, stories: Iterable[Story]) -> str:
        """Give stories joined as "card.html" or "line.html" shows each."""
        return _render.joined([self._one(template, story) for story in stories])

    def ranked(self, stories: Iterable[Story], rank: int) -> str:
        """Give stories as "card.html" shows those of the first or second rank of the front page."""
        return _render.joined([self._print("card.html", story, rank) for story in stories])

    def river(self, stories: Iterable[Story]) -> list[Mapping[str, object]]:
        """Give stories that come newest first by day, as "brief.html" shows each."""
        days = groupby(stories, key=self._day)
        return [self._of_day(day, list(found)) for day, found in days]

    def _day(self, story: Story) -> date | None:
        at = story.published_at
        return self.frame.plan.local(at).date() if at else None

    def _of_day(self, day: date | None, stories: Sequence[Story]) -> Mapping[str, object]:
        words = self.frame.words
        return {
            "heading": words.dated("day_in_year", day) if day else words.say("undated"),
            "href": self.frame.href(_links.day_folder(day)) if day else "",
            "iso": day.isoformat() if day else "",
            "lines": self.many("brief.html", stories),
        }

    def _one(self, template: str, story: Story) -> str:
        key = (template, story.path)
        if key not in self._made:
            self._made[key] = self._print(template, story)
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return self._made[key]

    def _print(self, template: str, story: Story, rank: int = 3) -> str:
        voices = self.frame.plan.coverages.of(story).voices if rank < 3 else ()
        return self.frame.press.text(
            template,
            story=self.view(story),
            rank=rank,
            is_lead=rank == 1,
            voices=[self._voice(voice) for voice in voices[:_LINKED]],
            unnamed=len(voices[_LINKED:]),
            takes=self._takes(story, voices) if rank == 1 else [],
        )

    def _voice(self, voice: Voice) -> dict[str, str]:
        """Give a newsroom's name and a link to its page, else to what it wrote."""
        page = self.provider(voice.told.provider)["href"]
        return {"name": voice.name, "href": page or urls.fetchable(voice.told.web_url) or ""}

    def _takes(self, story: Story, voices: Iterable[Voice]) -> list[dict[str, str]]:
        """Give what the first newsrooms beside the story's own headlined it; the same says less."""
        said = {text.squash(story.title), ""}
        found = []
        for voice in voices:
            title = text.fold(voice.told.title)
            if text.squash(title) not in said:
                said.add(text.squash(title))
                origin = urls.fetchable(voice.told.web_url) or ""
                found.append({"title": title, "origin": origin, "by": voice.name})
        return found[:_TAKES]

    def views(self, entries: Iterable[Entry]) -> list[Mapping[str, object]]:
        """Give the values of stories that are filed here, those that can be read."""
        found = (self.frame.plan.read(entry.path) for entry in entries)
        return [self.view(story) for story in found if story is not None]

    def view(self, story: Story) -> Mapping[str, object]:
        """Give the plain values that templates print of a story; the last ones are kept."""
        if story.path not in self._views:
            self._views[story.path] = self._view(story)
            if len(self._views) > _IN_HAND:
                self._views.popitem(last=False)
        return self._views[story.path]

    def _view(self, story: Story) -> Mapping[str, object]:
        plan = self.frame.plan
        language = language_tag(story.language)
        coverage = plan.coverages.of(story)
        return {
            "title": text.fold(story.title) or self.frame.words.say("untitled"),
            "href": self.frame.href(_links.story_folder(story.path)),
            "origin": urls.fetchable(story.web_url) or "",
            "excerpt": text.shorten(text.fold(story.excerpt), _EXCERPT),
            "language": language if language != language_tag(plan.beat.locale) else "",
            "tongue": self.frame.tongue(story.language),
            "provider": self.provider(story.provider),
            "time": self.time(story.published_at),
            "topics": self.topics(story),
            "picture": _pictures.of(story, plan),
            "newsrooms": coverage.newsrooms,
            "also": self.frame.words.listed(coverage.names, _NAMED),
            "label": _player.label(story, self.frame.words),
        }

    def provider(self, provider: Provider | None) -> dict[str, str]:
        """Give a publisher's name and the link to its page, "" where it has none."""
        name = text.fold(provider.name) if provider else ""
        domain = provider.domain if provider else ""
        known = domain in self.frame.plan.by_source
        href = self.frame.href(_links.source_folder(domain)) if known else ""
        return {"name": name or text.fold(domain), "href": href}

    def time(self, moment: datetime | None) -> dict[str, str]:
        """Give a time for machines and one for people, in the site's zone."""
        if moment is None:
            return {"iso": "", "text": "", "brief": "", "short": "", "clock": "", "day": ""}
        local = self.frame.plan.local(moment)
        dated = self.frame.words.dated
        return {
            "iso": dates.rfc3339(moment),
            "text": dated("moment", local),
            "brief": dated("brief", local),
            "short": dated("short", local),
            "clock": f"{local.hour:02}:{local.minute:02}",
            "day": self.frame.href(_links.day_folder(local.date())),
        }

    def topics(self, story: Story) -> list[dict[str, str]]:
        """Give the topics of a story that have a page, the main one left out."""
        found = [self._by_name[name] for name in story.topics if name in self._by_name]
        return [
            {
                "name": text.fold(topic.name),
                "href": self.frame.href(_links.topic_folder(topic.id)),
            }
            for topic in found
            if topic.name != self.frame.plan.beat.topic
        ]
