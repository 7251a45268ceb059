"""A story as a list shows it: a card with excerpt and picture, or a line; each made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from copydesk.kit import text, urls
from copydesk.news import Story
from copydesk.placement import Voice, addresses, group_by_day
from copydesk.publish.site._frame import Frame
from copydesk.publish.site._views import Views
from copydesk.rendering import join_markup

_KEPT = 10_000  # cards and lines; what is listed together was mostly printed together
_LINKED = 4  # newsrooms where the page has room; more are a number
_TAKES = 3  # headlines of other newsrooms under the first story


@dataclass(slots=True)
class ListCards:
    """The cards and lines of a plan's stories, made when asked for; the last ones are kept.

    `topic_shelves` are the lists of other collections on a topic, by its name, `days` those that
    have a story.
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
        """Return stories joined as "card.html" or "line.html" shows each."""
        return join_markup([self._one(template, story) for story in stories])

    def render_rank(self, stories: Iterable[Story], rank: int) -> str:
        """Return stories as "card.html" shows those of a rank of the front page."""
        return join_markup([self._print("card.html", story, rank) for story in stories])

    def river(self, stories: Iterable[Story]) -> list[Mapping[str, object]]:
        """Return stories that come newest first by day, as "brief.html" shows each."""
        days = group_by_day(stories, self.frame.plan.zone)
        return [self._of_day(day, own) for day, own in days]

    def _of_day(self, day: date | None, stories: Sequence[Story]) -> Mapping[str, object]:
        strings = self.frame.strings
        return {
            "heading": strings.format_date("day_in_year", day) if day else strings.say("undated"),
            "href": self.frame.href(addresses.day_folder(day)) if day else "",
            "iso": day.isoformat() if day else "",
            "digest": self.digest_of(day),
            "lines": self.render_many("brief.html", stories),
        }

    def newest_digest(self) -> Mapping[str, str] | None:
        """Return the link to the newest digest, None where there is none."""
        day = max(self.frame.plan.letters.digests, default=None)
        if day is None:
            return None
        return {"name": self.frame.strings.format_date("day", day), "href": self.digest_of(day)}

    def digest_of(self, day: date | None) -> str:
        """Return the link to the digest of a day, "" where there is none."""
        has_one = day is not None and day in self.frame.plan.letters.digests
        return self.frame.href(addresses.digest_folder(day)) if has_one and day else ""

    def _one(self, template: str, story: Story) -> str:
        key = (template, story.path)
        if key not in self._made:
            self._made[key] = self._print(template, story)
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return self._made[key]

    def _print(self, template: str, story: Story, rank: int = 3) -> str:
        voices = self.frame.plan.coverages.of(story).voices if rank < 3 else ()
        return self.frame.renderer.render(
            template,
            story=self.views.story(story),
            rank=rank,
            is_lead=rank == 1,
            voices=[self._voice(voice) for voice in voices[:_LINKED]],
            unnamed=len(voices[_LINKED:]),
            takes=self._takes(story, voices) if rank == 1 else [],
        )

    def _voice(self, voice: Voice) -> dict[str, str]:
        """Return a newsroom's name and a link to its page, else to what it wrote."""
        page = self.views.provider(voice.article.provider)["href"]
        return {"name": voice.name, "href": page or urls.fetchable(voice.article.web_url) or ""}

    def _takes(self, story: Story, voices: Iterable[Voice]) -> list[dict[str, str]]:
        """Return what the first other newsrooms headlined it; the same headline says less."""
        said = {text.squash(story.title), ""}
        found = []
        for voice in voices:
            title = text.fold(voice.article.title)
            if text.squash(title) not in said:
                said.add(text.squash(title))
                origin = urls.fetchable(voice.article.web_url) or ""
                found.append({"title": title, "origin": origin, "by": voice.name})
        return found[:_TAKES]
