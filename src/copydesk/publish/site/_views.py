"""Plain values of a story, its publisher, its topics and times, as every template prints them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from copydesk.kit import dates, text, urls
from copydesk.news import Provider, Story
from copydesk.placement import addresses
from copydesk.publish import _pictures
from copydesk.publish._entries import StoryEntry
from copydesk.publish.site import _player
from copydesk.publish.site._frame import Frame
from copydesk.rendering import language_tag

_EXCERPT = 220
_IN_HAND = 2048  # views: what topics and publishers list first has its page later
_PUBLISHERS = 4096
_NAMED = 2  # newsrooms on a card; more are a number
_NEVER = {"iso": "", "text": "", "brief": "", "short": "", "clock": "", "day": ""}
_NOBODY = {"name": "", "href": ""}


class Time:
    """A time in the site's zone: `iso` for machines, for people each form that is printed."""

    __slots__ = ("_frame", "_local", "iso")

    def __init__(self, moment: datetime, frame: Frame) -> None:
        self.iso = dates.rfc3339(moment)
        self._local = frame.plan.local(moment)
        self._frame = frame

    @property
    def text(self) -> str:
        """Return day, time and zone."""
        return self._frame.strings.format_date("moment", self._local)

    @property
    def brief(self) -> str:
        """Return day and time."""
        return self._frame.strings.format_date("brief", self._local)

    @property
    def short(self) -> str:
        """Return the day."""
        return self._frame.strings.format_date("short", self._local)

    @property
    def clock(self) -> str:
        """Return hours and minutes."""
        return f"{self._local.hour:02}:{self._local.minute:02}"

    @property
    def day(self) -> str:
        """Return the link to the page of its day."""
        return self._frame.href(addresses.day_folder(self._local))


class Views:
    """The plain values of a plan's stories; those of the last ones are kept."""

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
        """Return the values of stories that are filed here, those that can be read."""
        found = (self.frame.plan.read(entry.path) for entry in entries)
        return [self.story(story) for story in found if story is not None]

    def story(self, story: Story) -> Mapping[str, object]:
        """Return the values of a story; the last ones are kept."""
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
            "label": _player.label(story, strings),
        }

    def provider(self, provider: Provider | None) -> Mapping[str, str]:
        """Return a publisher's name and the link to its page, "" where it has none."""
        return self._publisher(provider.name, provider.domain) if provider else _NOBODY

    def _publisher_link(self, name: str, domain: str) -> Mapping[str, str]:
        known = domain in self.frame.plan.by_publisher
        href = self.frame.href(addresses.source_folder(domain)) if known else ""
        return {"name": text.fold(name) or text.fold(domain), "href": href}

    def time(self, moment: datetime | None) -> Time | Mapping[str, str]:
        """Return a time in the forms that pages print, each "" for none."""
        return Time(moment, self.frame) if moment else _NEVER

    def topics(self, story: Story) -> list[Mapping[str, str]]:
        """Return the topics of a story that have a page, the main one left out."""
        return [self._topics[name] for name in story.topics if name in self._topics]
